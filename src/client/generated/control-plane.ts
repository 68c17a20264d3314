/** Written by `npm run docs` from docs/openapi; do not edit. */
export interface paths {
    "/api/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Health of this server */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether this server can take requests now */
        get: operations["getReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether this process lives */
        get: operations["getLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Fault: {
            error: {
                /** @description One of the codes of the control plane, such as VALIDATION_ERROR. */
                code: string;
                message: string;
                /** @description `code` is the precise one of docs/errors.md; `field`, `reason` and other facts stand beside it. */
                details: {
                    [key: string]: unknown;
                };
            };
            requestId: string;
        };
    };
    responses: {
        /** @description Something of the request is not what it should be; the body says which field, and why. `code` says what exactly; docs/errors.md lists the codes. */
        Invalid: {
            headers: {
                /** @description The id of this exchange; give it to the operator. */
                "X-Request-Id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Fault"];
            };
        };
        /** @description The credential lacks the scope, or the request comes from where it may not. `code` says what exactly; docs/errors.md lists the codes. */
        Forbidden: {
            headers: {
                /** @description The id of this exchange; give it to the operator. */
                "X-Request-Id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Fault"];
            };
        };
        /** @description Too many requests, or a queue or a table is full. `code` says what exactly; docs/errors.md lists the codes. */
        Exhausted: {
            headers: {
                /** @description The id of this exchange; give it to the operator. */
                "X-Request-Id"?: string;
                /** @description Seconds to wait before trying again. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Fault"];
            };
        };
        /** @description Something failed that should not have; the log has the cause under the request id. `code` says what exactly; docs/errors.md lists the codes. */
        Internal: {
            headers: {
                /** @description The id of this exchange; give it to the operator. */
                "X-Request-Id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Fault"];
            };
        };
        /** @description Something that is needed does not answer now. `code` says what exactly; docs/errors.md lists the codes. */
        Unavailable: {
            headers: {
                /** @description The id of this exchange; give it to the operator. */
                "X-Request-Id"?: string;
                /** @description Seconds to wait before trying again. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Fault"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description `healthy`, or `unhealthy` while something that it needs does not answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "healthy",
                     *       "version": "1.0.0",
                     *       "uptime": 86400
                     *     }
                     */
                    "application/json": {
                        /** @enum {string} */
                        status: "healthy" | "unhealthy";
                        version: string;
                        /** @description Seconds since this process started. */
                        uptime: number;
                    };
                };
            };
            400: components["responses"]["Invalid"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getReady: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ready: boolean;
                        /** @enum {string} */
                        status: "ready" | "draining" | "unavailable";
                        checks: {
                            [key: string]: "up" | "down";
                        };
                    };
                };
            };
            400: components["responses"]["Invalid"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            /** @description Something that it needs is down, or it is stopping. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ready: boolean;
                        /** @enum {string} */
                        status: "ready" | "draining" | "unavailable";
                        checks: {
                            [key: string]: "up" | "down";
                        };
                    };
                };
            };
        };
    };
    getLive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        status: "ok";
                    };
                };
            };
            400: components["responses"]["Invalid"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
}
