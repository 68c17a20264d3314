/** Written by `npm run docs` from docs/openapi; do not edit. */
export interface paths {
    "/ag-ui/agents/{slug}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run an agent, and hear what it says */
        post: operations["runAgUiAgent"];
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
        AgUiEvent: {
            /** @constant */
            type: "RUN_STARTED";
            threadId: string;
            runId: string;
            /** @constant */
            protocolVersion: "1.0";
        } | {
            /** @constant */
            type: "MESSAGES_SNAPSHOT";
            messages: ({
                /** @enum {string} */
                role: "user" | "system";
                id: string;
                content: string;
            } | {
                /** @constant */
                role: "assistant";
                id: string;
                content?: string;
                toolCalls?: {
                    id: string;
                    /** @constant */
                    type: "function";
                    function: {
                        name: string;
                        arguments: string;
                    };
                }[];
            } | {
                /** @constant */
                role: "tool";
                id: string;
                toolCallId: string;
                content: string;
            })[];
        } | {
            /** @constant */
            type: "TEXT_MESSAGE_START";
            messageId: string;
            /** @constant */
            role: "assistant";
        } | {
            /** @constant */
            type: "TEXT_MESSAGE_CONTENT";
            messageId: string;
            delta: string;
        } | {
            /** @constant */
            type: "TEXT_MESSAGE_END";
            messageId: string;
        } | {
            /** @constant */
            type: "REASONING_START";
            messageId: string;
        } | {
            /** @constant */
            type: "REASONING_MESSAGE_START";
            messageId: string;
            /** @constant */
            role: "reasoning";
        } | {
            /** @constant */
            type: "REASONING_MESSAGE_CONTENT";
            messageId: string;
            delta: string;
        } | {
            /** @constant */
            type: "REASONING_MESSAGE_END";
            messageId: string;
        } | {
            /** @constant */
            type: "REASONING_END";
            messageId: string;
        } | {
            /** @constant */
            type: "TOOL_CALL_START";
            toolCallId: string;
            toolCallName: string;
            parentMessageId: string;
        } | {
            /** @constant */
            type: "TOOL_CALL_ARGS";
            toolCallId: string;
            delta: string;
        } | {
            /** @constant */
            type: "TOOL_CALL_END";
            toolCallId: string;
        } | {
            /** @constant */
            type: "TOOL_CALL_RESULT";
            messageId: string;
            toolCallId: string;
            content: string;
            /** @constant */
            role: "tool";
        } | {
            /** @constant */
            type: "RUN_FINISHED";
            threadId: string;
            runId: string;
            result?: unknown;
            outcome: {
                /** @constant */
                type: "success";
            } | {
                /** @constant */
                type: "interrupt";
                interrupts: {
                    id: string;
                    /** @constant */
                    reason: "tool_call";
                    message: string;
                    toolCallId: string;
                    responseSchema: {
                        [key: string]: unknown;
                    };
                    metadata: {
                        channel: string;
                        tool: string;
                    };
                }[];
            } | {
                /** @constant */
                type: "cancelled";
            };
            usage?: {
                inputTokens: number;
                outputTokens: number;
                totalTokens: number;
            }[];
        } | {
            /** @constant */
            type: "RUN_ERROR";
            message: string;
            code: string;
            usage?: {
                inputTokens: number;
                outputTokens: number;
                totalTokens: number;
            }[];
        };
        AgUiFault: {
            /** @description What exactly; docs/errors.md lists the codes. */
            code: string;
            /** @description What is wrong, for people. */
            message: string;
            requestId: string;
        } & {
            [key: string]: unknown;
        };
        AgUiRunAgentInput: {
            /** @description A name of the client’s own, mostly a UUID; the same name is the same thread. */
            threadId: string;
            /** @description A name of the client’s own; the same one again follows what it began. */
            runId: string;
            /** @description Those of the user after everything else are what is said now. What comes before is the client’s memory; the thread has its own. */
            messages: ({
                id?: string;
                role: string;
                content?: unknown;
            } & {
                [key: string]: unknown;
            })[];
            /** @description Answers to what the run asks; it goes on with them. */
            resume?: {
                interruptId: string;
                /** @enum {string} */
                status: "resolved" | "cancelled";
                /** @description Of one that is resolved: `{"approved": true|false, "comment"}`, or true or false. */
                payload?: components["schemas"]["Json"];
            }[];
            protocolVersion?: string;
            parentRunId?: string;
            /** @description Not used. */
            state?: components["schemas"]["Json"];
            /** @description Not used: an agent has the tools of its definition. */
            tools?: components["schemas"]["Json"][];
            /** @description Not used. */
            context?: components["schemas"]["Json"][];
            /** @description Not used. */
            forwardedProps?: components["schemas"]["Json"];
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
                "application/json": components["schemas"]["AgUiFault"];
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
                "application/json": components["schemas"]["AgUiFault"];
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
                "application/json": components["schemas"]["AgUiFault"];
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
                "application/json": components["schemas"]["AgUiFault"];
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
                "application/json": components["schemas"]["AgUiFault"];
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
                "application/json": components["schemas"]["AgUiFault"];
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
                "application/json": components["schemas"]["AgUiFault"];
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
                "application/json": components["schemas"]["AgUiFault"];
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
                "application/json": components["schemas"]["AgUiFault"];
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
                "application/json": components["schemas"]["AgUiFault"];
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
                "application/json": components["schemas"]["AgUiFault"];
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
                "application/json": components["schemas"]["AgUiFault"];
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
    runAgUiAgent: {
        parameters: {
            query?: never;
            header?: {
                /** @description Where a stream resumes; browsers send it by themselves. */
                "Last-Event-ID"?: string;
            };
            path: {
                slug: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AgUiRunAgentInput"];
            };
        };
        responses: {
            /** @description The events of the run, until it has ended or asks a person. It goes on when nobody listens. */
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
