/** Written by `npm run docs` from docs/openapi; do not edit. */
export interface paths {
    "/agent-protocol/assistants/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Find assistants, by slug */
        post: operations["searchProtocolAssistants"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent-protocol/assistants/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an assistant */
        get: operations["getProtocolAssistant"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent-protocol/threads/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Find threads, newest first */
        post: operations["searchProtocolThreads"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent-protocol/threads/count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Count threads */
        post: operations["countProtocolThreads"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent-protocol/threads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Create a thread */
        post: operations["createProtocolThread"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent-protocol/threads/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a thread */
        get: operations["getProtocolThread"];
        put?: never;
        post?: never;
        /** Delete a thread for good */
        delete: operations["deleteProtocolThread"];
        options?: never;
        head?: never;
        /** Add to the metadata of a thread */
        patch: operations["patchProtocolThread"];
        trace?: never;
    };
    "/agent-protocol/threads/{id}/state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the state of a thread */
        get: operations["getProtocolThreadState"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent-protocol/threads/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read the states of a thread */
        post: operations["listProtocolThreadHistory"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent-protocol/threads/{id}/runs/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin a run in a thread, and follow it */
        post: operations["streamProtocolRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent-protocol/threads/{id}/runs/wait": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin a run in a thread, and wait for it */
        post: operations["waitProtocolRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent-protocol/threads/{id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the runs of a thread, newest first */
        get: operations["listProtocolRuns"];
        put?: never;
        /** Begin a run in a thread */
        post: operations["createProtocolRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent-protocol/threads/{id}/runs/{run}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a run */
        get: operations["getProtocolRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent-protocol/threads/{id}/runs/{run}/join": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Wait for a run */
        get: operations["joinProtocolRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent-protocol/threads/{id}/runs/{run}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow a run */
        get: operations["joinProtocolRunStream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent-protocol/threads/{id}/runs/{run}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a run */
        post: operations["cancelProtocolRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent-protocol/runs/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin a run in a thread of its own, and follow it */
        post: operations["streamProtocolOwnRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent-protocol/runs/wait": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin a run in a thread of its own, and wait for it */
        post: operations["waitProtocolOwnRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent-protocol/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin a run in a thread of its own */
        post: operations["createProtocolOwnRun"];
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
        AgentProtocolAssistant: {
            assistant_id: string;
            graph_id: string;
            name: string;
            description: string;
            version: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            metadata: Record<string, never>;
            config: Record<string, never>;
            context: Record<string, never>;
        };
        AgentProtocolFault: {
            /** @description What exactly; docs/errors.md lists the codes. */
            code: string;
            /** @description What is wrong, for people. */
            message: string;
            /** @description The same. */
            detail: string;
            requestId: string;
            /** @description The facts, such as the field. */
            metadata: {
                [key: string]: unknown;
            };
        };
        AgentProtocolInterrupt: {
            id: string;
            value: {
                action_requests: {
                    name: string;
                    args: components["schemas"]["Json"];
                    description: string;
                }[];
                review_configs: {
                    action_name: string;
                    allowed_decisions: ("approve" | "reject")[];
                }[];
                channel: string;
                run_id: string;
                requested_at: string;
            };
        };
        AgentProtocolMessage: {
            /** @constant */
            type: "human";
            id: string;
            content: string;
            additional_kwargs: Record<string, never>;
            response_metadata: Record<string, never>;
        } | {
            /** @constant */
            type: "system";
            id: string;
            content: string;
            additional_kwargs: Record<string, never>;
            response_metadata: Record<string, never>;
        } | {
            /** @constant */
            type: "ai";
            id: string;
            content: string;
            additional_kwargs: Record<string, never>;
            response_metadata: Record<string, never>;
            tool_calls: {
                /** @constant */
                type: "tool_call";
                id: string;
                name: string;
                args: components["schemas"]["Json"];
            }[];
            invalid_tool_calls: components["schemas"]["Json"][];
        } | {
            /** @constant */
            type: "tool";
            id: string;
            content: string;
            additional_kwargs: Record<string, never>;
            response_metadata: Record<string, never>;
            tool_call_id: string;
            name: string;
            /** @enum {string} */
            status: "success" | "error";
        };
        AgentProtocolRun: {
            run_id: string;
            thread_id: string;
            assistant_id: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /**
             * @description `interrupted`: it asks a person, or was cancelled.
             * @enum {string}
             */
            status: "pending" | "running" | "error" | "success" | "timeout" | "interrupted";
            metadata: {
                [key: string]: components["schemas"]["Json"];
            };
            kwargs: Record<string, never>;
            /** @enum {string} */
            multitask_strategy: "reject" | "enqueue" | "interrupt";
        };
        AgentProtocolRunCreate: {
            /** @description Slug or id of an agent. */
            assistant_id: string;
            input?: ({
                messages: {
                    /** @enum {string} */
                    type?: "human" | "user" | "ai" | "assistant";
                    /** @enum {string} */
                    role?: "human" | "user" | "ai" | "assistant";
                    content: string | {
                        /** @constant */
                        type: "text";
                        text: string;
                    }[];
                }[] | string;
            } | {
                /** @enum {string} */
                type?: "human" | "user" | "ai" | "assistant";
                /** @enum {string} */
                role?: "human" | "user" | "ai" | "assistant";
                content: string | {
                    /** @constant */
                    type: "text";
                    text: string;
                }[];
            }[]) | null;
            /** @description `resume` answers what the run asks: one value for the only question, or an object by the ids of interrupts. */
            command?: {
                resume?: components["schemas"]["Json"];
                goto?: null | unknown[];
                update?: null | unknown[];
            } | null;
            metadata?: {
                [key: string]: components["schemas"]["Json"];
            } | null;
            config?: {
                recursion_limit?: number;
            } | null;
            /** @description While something else holds the thread. Default: reject, which is answered 409. */
            multitask_strategy?: ("reject" | "enqueue" | "interrupt") | null;
            if_not_exists?: ("reject" | "create") | null;
            /** @description What becomes of the run when the reader of its stream goes. Default: continue. */
            on_disconnect?: ("cancel" | "continue") | null;
            stream_mode?: (("values" | "updates" | "messages" | "messages-tuple") | ("values" | "updates" | "messages" | "messages-tuple")[]) | null;
            interrupt_before?: null | unknown[];
            interrupt_after?: null | unknown[];
            checkpoint?: null;
            checkpoint_id?: null;
            webhook?: null;
            after_seconds?: 0 | null;
        };
        AgentProtocolState: {
            values: components["schemas"]["AgentProtocolValues"];
            /** @description Empty while nothing runs. */
            next: string[];
            tasks: {
                id: string;
                name: string;
                error: null;
                interrupts: components["schemas"]["AgentProtocolInterrupt"][];
                checkpoint: null;
                state: null;
            }[];
            checkpoint: {
                thread_id: string;
                /** @constant */
                checkpoint_ns: "";
                checkpoint_id: string;
                checkpoint_map: null;
            };
            metadata: {
                step: number;
                /** @constant */
                source: "loop";
                writes: null;
                parents: Record<string, never>;
            };
            /** Format: date-time */
            created_at: string;
            parent_checkpoint: null;
        };
        AgentProtocolThread: {
            thread_id: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /** Format: date-time */
            state_updated_at: string;
            metadata: {
                [key: string]: components["schemas"]["Json"];
            };
            /**
             * @description `interrupted`: its run asks a person. How runs end is told by the runs: no thread has `error`.
             * @enum {string}
             */
            status: "idle" | "busy" | "interrupted" | "error";
            values: components["schemas"]["AgentProtocolValues"] | null;
            /** @description By the id of the run. */
            interrupts: {
                [key: string]: components["schemas"]["AgentProtocolInterrupt"][];
            };
            config: Record<string, never>;
        };
        AgentProtocolThreadCreate: {
            thread_id?: string | null;
            /** @description `graph_id` names the agent of the thread; without it the tenant’s first agent is its own until a run names another. `title` is its title. */
            metadata?: {
                [key: string]: components["schemas"]["Json"];
            } | null;
            if_exists?: ("raise" | "do_nothing") | null;
            supersteps?: null | unknown[];
            ttl?: null;
        };
        AgentProtocolValues: {
            /** @description The newest 1,000 at most. */
            messages: components["schemas"]["AgentProtocolMessage"][];
            __interrupt__?: components["schemas"]["AgentProtocolInterrupt"][];
            __error__?: {
                error: string;
                message: string;
            };
        };
        Json: unknown;
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
                "application/json": components["schemas"]["AgentProtocolFault"];
            };
        };
        /** @description No credential, or one that is not valid. `code` says what exactly; docs/errors.md lists the codes. */
        Unauthenticated: {
            headers: {
                /** @description The id of this exchange; give it to the operator. */
                "X-Request-Id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AgentProtocolFault"];
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
                "application/json": components["schemas"]["AgentProtocolFault"];
            };
        };
        /** @description There is no such thing, or it belongs to another tenant. `code` says what exactly; docs/errors.md lists the codes. */
        NotFound: {
            headers: {
                /** @description The id of this exchange; give it to the operator. */
                "X-Request-Id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AgentProtocolFault"];
            };
        };
        /** @description It was not done in time. `code` says what exactly; docs/errors.md lists the codes. */
        Timeout: {
            headers: {
                /** @description The id of this exchange; give it to the operator. */
                "X-Request-Id"?: string;
                /** @description Seconds to wait before trying again. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AgentProtocolFault"];
            };
        };
        /** @description The state of things does not allow it. `code` says what exactly; docs/errors.md lists the codes. */
        Conflict: {
            headers: {
                /** @description The id of this exchange; give it to the operator. */
                "X-Request-Id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AgentProtocolFault"];
            };
        };
        /** @description The body has more bytes than are read. `code` says what exactly; docs/errors.md lists the codes. */
        TooLarge: {
            headers: {
                /** @description The id of this exchange; give it to the operator. */
                "X-Request-Id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AgentProtocolFault"];
            };
        };
        /** @description The body is not what the route reads, or in an encoding that is not known. `code` says what exactly; docs/errors.md lists the codes. */
        WrongContentType: {
            headers: {
                /** @description The id of this exchange; give it to the operator. */
                "X-Request-Id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AgentProtocolFault"];
            };
        };
        /** @description The body is JSON, and not what the route takes; the body says which field, and why. `code` says what exactly; docs/errors.md lists the codes. */
        Unprocessable: {
            headers: {
                /** @description The id of this exchange; give it to the operator. */
                "X-Request-Id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AgentProtocolFault"];
            };
        };
        /** @description Too many requests, or a queue or a table is full. `code` says what exactly; docs/errors.md lists the codes. */
        Exhausted: {
            headers: {
                /** @description The id of this exchange; give it to the operator. */
                "X-Request-Id"?: string;
                /** @description Seconds to wait before trying again. */
                "Retry-After"?: string;
                /** @description Requests a minute, where a limit of requests refused this one. */
                "X-RateLimit-Limit"?: string;
                /** @description Those that are left. */
                "X-RateLimit-Remaining"?: string;
                /** @description When all are there again, in seconds since 1970. */
                "X-RateLimit-Reset"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AgentProtocolFault"];
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
                "application/json": components["schemas"]["AgentProtocolFault"];
            };
        };
        /** @description This is not installed or not configured here. `code` says what exactly; docs/errors.md lists the codes. */
        Unsupported: {
            headers: {
                /** @description The id of this exchange; give it to the operator. */
                "X-Request-Id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AgentProtocolFault"];
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
                "application/json": components["schemas"]["AgentProtocolFault"];
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
    searchProtocolAssistants: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    graph_id?: string | null;
                    name?: string | null;
                    /** @default 10 */
                    limit?: number;
                    /** @default 0 */
                    offset?: number;
                };
            };
        };
        responses: {
            /** @description A page of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentProtocolAssistant"][];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongContentType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    getProtocolAssistant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By slug or id, the newest version. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentProtocolAssistant"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    searchProtocolThreads: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Those that have these at least. */
                    metadata?: {
                        [key: string]: components["schemas"]["Json"];
                    } | null;
                    status?: ("idle" | "busy" | "interrupted" | "error") | null;
                    ids?: string[] | null;
                    /**
                     * @description Clamped at 100.
                     * @default 10
                     */
                    limit?: number;
                    /** @default 0 */
                    offset?: number;
                    sort_by?: "created_at" | null;
                    sort_order?: "desc" | null;
                    /** @description With `values` each thread has its messages too. */
                    select?: string[] | null;
                };
            };
        };
        responses: {
            /** @description Of the caller’s newest 10,000 threads that are not archived. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentProtocolThread"][];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongContentType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    countProtocolThreads: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Those that have these at least. */
                    metadata?: {
                        [key: string]: components["schemas"]["Json"];
                    } | null;
                    status?: ("idle" | "busy" | "interrupted" | "error") | null;
                };
            };
        };
        responses: {
            /** @description Among the caller’s newest 10,000 that are not archived. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": number;
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongContentType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    createProtocolThread: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AgentProtocolThreadCreate"];
            };
        };
        responses: {
            /** @description The thread; with `if_exists: "do_nothing"` also the one that there is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentProtocolThread"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongContentType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    getProtocolThread: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a thread; a name of the client’s own stands for one too. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description With the messages of its active rollout. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentProtocolThread"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteProtocolThread: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a thread; a name of the client’s own stands for one too. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What ran has been told to end; what was said is removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    patchProtocolThread: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a thread; a name of the client’s own stands for one too. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    metadata?: {
                        [key: string]: components["schemas"]["Json"];
                    } | null;
                    ttl?: null;
                };
            };
        };
        responses: {
            /** @description Merged over those that there are; null takes one away; `title` renames the thread. At most 16 KiB. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentProtocolThread"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongContentType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    getProtocolThreadState: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a thread; a name of the client’s own stands for one too. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The messages of its active rollout, and what its run asks. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentProtocolState"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listProtocolThreadHistory: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a thread; a name of the client’s own stands for one too. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default 10 */
                    limit?: number;
                    before?: components["schemas"]["Json"] | null;
                    metadata?: {
                        [key: string]: components["schemas"]["Json"];
                    } | null;
                };
            };
        };
        responses: {
            /** @description The state that it has now, which is the only one; none before it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentProtocolState"][];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongContentType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    streamProtocolRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
                /** @description Where a stream resumes; browsers send it by themselves. */
                "Last-Event-ID"?: string;
            };
            path: {
                /** @description The id of a thread; a name of the client’s own stands for one too. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AgentProtocolRunCreate"];
            };
        };
        responses: {
            /** @description `metadata`, then what the modes show, until the run has ended or asks. `Location` is where a client comes back to, below the address that it was given. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["Timeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongContentType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    waitProtocolRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of a thread; a name of the client’s own stands for one too. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AgentProtocolRunCreate"];
            };
        };
        responses: {
            /** @description The values of the thread once the run has ended or asks; `__error__` of one that failed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentProtocolValues"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["Timeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongContentType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    listProtocolRuns: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                status?: "pending" | "running" | "error" | "success" | "timeout" | "interrupted";
            };
            header?: never;
            path: {
                /** @description The id of a thread; a name of the client’s own stands for one too. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentProtocolRun"][];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createProtocolRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of a thread; a name of the client’s own stands for one too. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AgentProtocolRunCreate"];
            };
        };
        responses: {
            /** @description The run. `command.resume` answers what one asks, and that one goes on: it is the same run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentProtocolRun"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongContentType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    getProtocolRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a thread; a name of the client’s own stands for one too. */
                id: string;
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentProtocolRun"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    joinProtocolRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a thread; a name of the client’s own stands for one too. */
                id: string;
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The values of the thread once the run has ended or asks; `__error__` of one that failed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentProtocolValues"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["Timeout"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    joinProtocolRunStream: {
        parameters: {
            query?: {
                cancel_on_disconnect?: "0" | "1" | "true" | "false";
                stream_mode?: ("values" | "updates" | "messages" | "messages-tuple")[];
            };
            header?: {
                /** @description Where a stream resumes; browsers send it by themselves. */
                "Last-Event-ID"?: string;
            };
            path: {
                /** @description The id of a thread; a name of the client’s own stands for one too. */
                id: string;
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description From its beginning, or from the event after `Last-Event-ID`, until it has ended or asks. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    cancelProtocolRun: {
        parameters: {
            query?: {
                /** @description Answer once it has ended. */
                wait?: "0" | "1" | "true" | "false";
                action?: "interrupt";
            };
            header?: never;
            path: {
                /** @description The id of a thread; a name of the client’s own stands for one too. */
                id: string;
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It has been told; its model call and its tool end within a second. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description With `wait=1`: it has ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["Timeout"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    streamProtocolOwnRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
                /** @description Where a stream resumes; browsers send it by themselves. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AgentProtocolRunCreate"];
            };
        };
        responses: {
            /** @description `metadata`, then what the modes show, until the run has ended or asks. `Location` is where a client comes back to, below the address that it was given. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["Timeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongContentType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    waitProtocolOwnRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AgentProtocolRunCreate"];
            };
        };
        responses: {
            /** @description The values of the thread once the run has ended or asks; `__error__` of one that failed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentProtocolValues"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["Timeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongContentType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    createProtocolOwnRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AgentProtocolRunCreate"];
            };
        };
        responses: {
            /** @description The run. Its thread stays until it is deleted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentProtocolRun"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongContentType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
}
