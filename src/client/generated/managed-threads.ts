/** Written by `npm run docs` from docs/openapi; do not edit. */
export interface paths {
    "/api/managed-threads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List threads, newest first */
        get: operations["listThreads"];
        put?: never;
        /** Spawn a thread */
        post: operations["spawnThread"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/managed-threads/prepare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Show the preparation that a spawn would apply, without spawning */
        post: operations["prepareThread"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/managed-threads/experiences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Query episodic experiences, newest first */
        get: operations["listExperiences"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/managed-threads/executions/{executionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the threads of one execution, newest first */
        get: operations["listExecutionThreads"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/managed-threads/executions/{executionId}/shared-decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the shared decisions of one execution, newest first */
        get: operations["listExecutionDecisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/managed-threads/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a thread */
        get: operations["getThread"];
        put?: never;
        post?: never;
        /** Stop a thread */
        delete: operations["stopThread"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/managed-threads/{id}/send": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a message, raw input or keys to a thread */
        post: operations["sendToThread"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/managed-threads/{id}/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Answer the prompt that a thread is blocked on */
        post: operations["answerThread"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/managed-threads/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the turn in progress and drop the messages that wait; the thread lives on */
        post: operations["cancelTurn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/managed-threads/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Open the session of an idle thread again without sending anything */
        post: operations["resumeThread"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/managed-threads/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the events of a thread, or follow them */
        get: operations["readEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/managed-threads/{id}/screen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the rendered screen of a thread's terminal */
        get: operations["getScreen"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/managed-threads/{id}/shared-decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the shared decisions of a thread, newest first */
        get: operations["listThreadDecisions"];
        put?: never;
        /** Record a shared decision */
        post: operations["recordDecision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{id}/threads/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow the events of an execution's threads */
        get: operations["streamExecution"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/agent-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the types of agents that a thread may have */
        get: operations["listAgentTypes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/managed-threads/{id}/terminal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Attach a terminal (WebSocket): binary messages are its bytes, `{"type":"resize","cols":…,"rows":…}` sets its size */
        get: operations["attachTerminal"];
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
        AnswerThread: {
            approve?: boolean;
            /** @description The number of a choice, as the ask lists them. */
            option?: number;
            text?: string;
            /** @description The ask that is meant. Given, an answer never reaches a prompt that came up meanwhile. */
            askId?: string;
        };
        ExecutionMessage: {
            executionId: string;
            threadId: string;
            /** @description `gateway_` and the type of the event. */
            type: string;
            data: {
                thread_id: string;
                event_type: string;
                role?: string;
                name?: string;
                /** @description The data of the event, as JSON. */
                data_json: string;
                timestamp_ms: number;
                sequence: number;
            };
            timestamp: string;
        };
        Experience: {
            id: string;
            executionId: string;
            threadId: string | null;
            role: string | null;
            repo: string | null;
            objective: string;
            summary: string;
            outcome: string;
            details: {
                [key: string]: unknown;
            } | null;
            /** @description ISO 8601, UTC. */
            createdAt: string;
        };
        Fault: {
            error: string;
            code: string;
            requestId: string;
            field?: string;
        } & {
            [key: string]: unknown;
        };
        Json: unknown;
        PrepareThread: {
            executionId: string;
            name: string;
            objective: string;
            agentType?: string;
            id?: string;
            role?: string;
            preparation?: {
                workspace?: {
                    workspaceId?: string;
                    path?: string;
                    repo?: string;
                    branch?: string;
                    worktreeId?: string;
                    /** @enum {string} */
                    branchStrategy?: "feature_branch" | "direct" | "fork";
                    fork?: string;
                };
                env?: {
                    [key: string]: string;
                };
                contextFiles?: {
                    path: string;
                    content: string;
                }[];
                /** @enum {string} */
                approvalPreset?: "readonly" | "standard" | "permissive" | "autonomous";
            };
            policy?: {
                idleTimeoutMs?: number;
                maxIdleChecks?: number;
                autoInterruptOnToolRunning?: boolean;
                maxAutoResponses?: number;
                requireWorkspaceBoundary?: boolean;
                summarizeAfterTurns?: number;
            };
            metadata?: {
                [key: string]: components["schemas"]["Json"];
            };
            workspace?: {
                workspaceId?: string;
                path?: string;
                repo?: string;
                branch?: string;
                worktreeId?: string;
                /** @enum {string} */
                branchStrategy?: "feature_branch" | "direct" | "fork";
                fork?: string;
            };
            env?: {
                [key: string]: string;
            };
            contextFiles?: {
                path: string;
                content: string;
            }[];
            /** @enum {string} */
            approvalPreset?: "readonly" | "standard" | "permissive" | "autonomous";
        };
        PreparedThread: {
            executionId: string;
            name: string;
            objective: string;
            role?: string;
            preparation: {
                workspace?: {
                    workspaceId?: string;
                    path?: string;
                    repo?: string;
                    branch?: string;
                    worktreeId?: string;
                    /** @enum {string} */
                    branchStrategy?: "feature_branch" | "direct" | "fork";
                    fork?: string;
                };
                env?: {
                    [key: string]: string;
                };
                contextFiles?: {
                    path: string;
                    content: string;
                }[];
                /** @enum {string} */
                approvalPreset: "readonly" | "standard" | "permissive" | "autonomous";
            };
            metadata: {
                [key: string]: components["schemas"]["Json"];
            };
        };
        RecordDecision: {
            category: string;
            summary: string;
            details?: {
                [key: string]: components["schemas"]["Json"];
            } | null;
        };
        SendToThread: {
            /** @description Text for the agent. It waits its turn while the agent is busy. */
            message?: string;
            /** @description Characters for the terminal, as they are, at once. */
            raw?: string;
            /** @description Names of keys, such as ENTER, CTRL+C, UP; typed at once. */
            keys?: string[];
            /** @description Accepted for compatibility; it has no effect. */
            metadata?: {
                [key: string]: components["schemas"]["Json"];
            };
        };
        SharedDecision: {
            id: string;
            executionId: string;
            threadId: string | null;
            category: string;
            summary: string;
            details: {
                [key: string]: unknown;
            } | null;
            /** @description ISO 8601, UTC. */
            createdAt: string;
        };
        SpawnThread: {
            executionId: string;
            agentType: string;
            name: string;
            objective: string;
            id?: string;
            role?: string;
            preparation?: {
                workspace?: {
                    workspaceId?: string;
                    path?: string;
                    repo?: string;
                    branch?: string;
                    worktreeId?: string;
                    /** @enum {string} */
                    branchStrategy?: "feature_branch" | "direct" | "fork";
                    fork?: string;
                };
                env?: {
                    [key: string]: string;
                };
                contextFiles?: {
                    path: string;
                    content: string;
                }[];
                /** @enum {string} */
                approvalPreset?: "readonly" | "standard" | "permissive" | "autonomous";
            };
            policy?: {
                idleTimeoutMs?: number;
                maxIdleChecks?: number;
                autoInterruptOnToolRunning?: boolean;
                maxAutoResponses?: number;
                requireWorkspaceBoundary?: boolean;
                summarizeAfterTurns?: number;
            };
            metadata?: {
                [key: string]: components["schemas"]["Json"];
            };
            workspace?: {
                workspaceId?: string;
                path?: string;
                repo?: string;
                branch?: string;
                worktreeId?: string;
                /** @enum {string} */
                branchStrategy?: "feature_branch" | "direct" | "fork";
                fork?: string;
            };
            env?: {
                [key: string]: string;
            };
            contextFiles?: {
                path: string;
                content: string;
            }[];
            /** @enum {string} */
            approvalPreset?: "readonly" | "standard" | "permissive" | "autonomous";
        };
        Thread: {
            id: string;
            executionId: string;
            name: string;
            /** @description The host that runs the agent; `everthread` while there is none. */
            runtimeName: string;
            /** @description The terminal session that the agent runs in. */
            agentId?: string;
            agentType: string;
            role?: string;
            /** @enum {string} */
            status: "pending" | "preparing" | "starting" | "ready" | "running" | "blocked" | "idle" | "waiting" | "completed" | "failed" | "stopped";
            statusReason?: string;
            workspace?: {
                workspaceId?: string;
                path?: string;
                repo?: string;
                branch?: string;
                worktreeId?: string;
                /** @enum {string} */
                branchStrategy?: "feature_branch" | "direct" | "fork";
                fork?: string;
            };
            objective: string;
            /** @enum {string} */
            approvalPreset: "readonly" | "standard" | "permissive" | "autonomous";
            policy?: {
                idleTimeoutMs?: number;
                maxIdleChecks?: number;
                autoInterruptOnToolRunning?: boolean;
                maxAutoResponses?: number;
                requireWorkspaceBoundary?: boolean;
                summarizeAfterTurns?: number;
            };
            /** @description The prompt that waits for a person. Present exactly while the status is blocked. */
            ask?: {
                id: string;
                /** @enum {string} */
                kind: "permission" | "trust" | "login" | "update" | "config" | "tos" | "model_select" | "project_select" | "tool_wait" | "question" | "unknown";
                text: string;
                options: {
                    option: number;
                    label: string;
                }[];
                approveOption?: number;
                denyOption?: number;
                action?: {
                    /** @enum {string} */
                    category: "file_read" | "file_write" | "shell" | "web" | "agent" | "planning" | "unknown";
                    command?: string;
                    path?: string;
                    reason?: string;
                };
                url?: string;
                code?: string;
            };
            session?: {
                sessionId: string;
                hostId: string;
                conversationId?: string;
            };
            /** @description Turns that the agent has finished. */
            turns: number;
            /** @description Messages that wait for their turn. */
            queued: number;
            /** @description The last event that this answer contains; a stream from here misses nothing. */
            lastSeq: number;
            /** @description ISO 8601, UTC. */
            createdAt: string;
            /** @description ISO 8601, UTC. */
            updatedAt: string;
            /** @description ISO 8601, UTC. */
            lastActivityAt?: string;
            summary?: string;
            completion?: {
                /** @enum {string} */
                state: "partial" | "complete" | "failed";
                summary: string;
                artifacts?: {
                    /** @enum {string} */
                    type: "pr" | "commit" | "file" | "url" | "report";
                    value: string;
                }[];
            };
            /** @description The caller's own, and `memoryContext` once the thread was prepared with memory. */
            metadata?: {
                [key: string]: unknown;
            };
        };
        ThreadEvent: {
            /** @description `<threadId>/<seq>` */
            id: string;
            /** @description Counts 1, 2, 3 … in each thread, without gaps; the `id` of the stream. */
            seq: number;
            threadId: string;
            executionId: string;
            /** @description ISO 8601, UTC. */
            time: string;
            type: string;
            /** @description By type: docs/managed-threads.md has the fields. `runtimeName` is added to each. */
            data: {
                [key: string]: unknown;
            };
            /** @description Who caused it, and how it came in. */
            by: {
                subject: string;
                via: string;
            };
            requestId?: string;
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
        /** @description No credential, or one that is not valid. `code` says what exactly; docs/errors.md lists the codes. */
        Unauthenticated: {
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
        /** @description There is no such thing, or it belongs to another tenant. `code` says what exactly; docs/errors.md lists the codes. */
        NotFound: {
            headers: {
                /** @description The id of this exchange; give it to the operator. */
                "X-Request-Id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Fault"];
            };
        };
        /** @description The address does not answer in a form that `Accept` allows. `code` says what exactly; docs/errors.md lists the codes. */
        NotAcceptable: {
            headers: {
                /** @description The id of this exchange; give it to the operator. */
                "X-Request-Id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Fault"];
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
                "application/json": components["schemas"]["Fault"];
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
                "application/json": components["schemas"]["Fault"];
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
                "application/json": components["schemas"]["Fault"];
            };
        };
        /** @description The address is a WebSocket. `code` says what exactly; docs/errors.md lists the codes. */
        UpgradeRequired: {
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
                /** @description Requests a minute, where a limit of requests refused this one. */
                "X-RateLimit-Limit"?: string;
                /** @description Those that are left. */
                "X-RateLimit-Remaining"?: string;
                /** @description When all are there again, in seconds since 1970. */
                "X-RateLimit-Reset"?: string;
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
        /** @description This is not installed or not configured here. `code` says what exactly; docs/errors.md lists the codes. */
        Unsupported: {
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
    listThreads: {
        parameters: {
            query?: {
                /** @description May be given several times. */
                status?: ("pending" | "preparing" | "starting" | "ready" | "running" | "blocked" | "idle" | "waiting" | "completed" | "failed" | "stopped")[];
                executionId?: string;
                role?: string;
                agentType?: string;
                limit?: number;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of threads. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        threads: components["schemas"]["Thread"][];
                        /** @description Threads in this answer. */
                        count: number;
                        /** @description What the filter finds, on this page or not. */
                        total: number;
                        limit: number;
                        offset: number;
                        hasMore: boolean;
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    spawnThread: {
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
                "application/json": components["schemas"]["SpawnThread"];
            };
        };
        responses: {
            /** @description The thread. With `Idempotency-Replayed: true` it is the one that an earlier request with the same key made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Thread"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongContentType"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    prepareThread: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PrepareThread"];
            };
        };
        responses: {
            /** @description The preparation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "executionId": "exec_auth_refactor",
                     *       "name": "auth-controller-thread",
                     *       "objective": "Refactor the auth controller and keep callbacks working",
                     *       "role": "engineer",
                     *       "preparation": {
                     *         "workspace": {
                     *           "workspaceId": "ws_123",
                     *           "path": "/var/parallax/workspaces/ws_123",
                     *           "repo": "acme/auth-service",
                     *           "branch": "feature/auth-refactor"
                     *         },
                     *         "contextFiles": [
                     *           {
                     *             "path": ".parallax/thread-memory.md",
                     *             "content": "# Parallax Thread Memory\n..."
                     *           }
                     *         ],
                     *         "approvalPreset": "standard"
                     *       },
                     *       "metadata": {
                     *         "memoryContext": {
                     *           "sharedDecisionCount": 3,
                     *           "episodicExperienceCount": 2,
                     *           "repo": "acme/auth-service",
                     *           "role": "engineer",
                     *           "objective": "Refactor the auth controller and keep callbacks working"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["PreparedThread"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongContentType"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    listExperiences: {
        parameters: {
            query?: {
                executionId?: string;
                threadId?: string;
                role?: string;
                repo?: string;
                outcome?: "successful" | "partial" | "failed";
                limit?: number;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Experiences. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        experiences: components["schemas"]["Experience"][];
                        count: number;
                        /** @description What the filter finds, on this page or not. */
                        total: number;
                        limit: number;
                        offset: number;
                        hasMore: boolean;
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listExecutionThreads: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
            };
            header?: never;
            path: {
                executionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of threads; empty for an execution that nobody has heard of. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        threads: components["schemas"]["Thread"][];
                        /** @description Threads in this answer. */
                        count: number;
                        /** @description What the filter finds, on this page or not. */
                        total: number;
                        limit: number;
                        offset: number;
                        hasMore: boolean;
                    };
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
    listExecutionDecisions: {
        parameters: {
            query?: {
                category?: string;
                limit?: number;
                offset?: number;
            };
            header?: never;
            path: {
                executionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Decisions; empty for an execution that nobody has heard of. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        decisions: components["schemas"]["SharedDecision"][];
                        count: number;
                        /** @description What the filter finds, on this page or not. */
                        total: number;
                        limit: number;
                        offset: number;
                        hasMore: boolean;
                    };
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
    getThread: {
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
            /** @description The thread as its last committed event left it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Thread"];
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
    stopThread: {
        parameters: {
            query?: {
                /** @description Kill at once instead of asking the agent to end. */
                force?: "true" | "false";
                /** @description How many milliseconds the agent may take to end by itself before it is killed; 10000 unless told. */
                timeout?: number;
            };
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thread will stop; it had not yet when the time was over, or no worker answered in time. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @constant */
                        stopping: true;
                    };
                };
            };
            /** @description Stopped: its processes are gone. Also for a thread that had ended before. `X-Workspace-Kept` names the directory of a workspace that holds work which is nowhere else. */
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
    sendToThread: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendToThread"];
            };
        };
        responses: {
            /** @description Accepted by the thread. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "sent": true,
                     *       "seq": 12,
                     *       "position": 0
                     *     }
                     */
                    "application/json": {
                        /** @constant */
                        sent: true;
                        seq?: number;
                        /** @description Messages before this one. */
                        position?: number;
                        /**
                         * @description Present when no worker answered in time: the command is on its way and will be done once.
                         * @constant
                         */
                        accepted?: true;
                    };
                };
            };
            /** @description No worker answered in time. The command is stored and will be done once, as soon as one does. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        sent: true;
                        seq?: number;
                        /** @description Messages before this one. */
                        position?: number;
                        /**
                         * @description Present when no worker answered in time: the command is on its way and will be done once.
                         * @constant
                         */
                        accepted?: true;
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongContentType"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    answerThread: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AnswerThread"];
            };
        };
        responses: {
            /** @description The answer that counts: this one, or with `repeated` the one that was there before. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        askId: string;
                        answer: {
                            approve: boolean;
                        } | {
                            option: number;
                        } | {
                            text: string;
                        };
                        answeredBy: string;
                        /** @description ISO 8601, UTC. */
                        answeredAt: string;
                        /** @description The ask had been answered before: nothing was done, and this is the first answer. */
                        repeated: boolean;
                        seq: number;
                    };
                };
            };
            /** @description No worker answered in time. The command is stored and will be done once, as soon as one does. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        accepted: true;
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongContentType"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    cancelTurn: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Accepted by the thread. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        cancelled: true;
                        seq?: number;
                        /** @description Messages that waited and were dropped. */
                        dropped?: number;
                        /**
                         * @description Present when no worker answered in time: the command is on its way and will be done once.
                         * @constant
                         */
                        accepted?: true;
                    };
                };
            };
            /** @description No worker answered in time. The command is stored and will be done once, as soon as one does. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        cancelled: true;
                        seq?: number;
                        /** @description Messages that waited and were dropped. */
                        dropped?: number;
                        /**
                         * @description Present when no worker answered in time: the command is on its way and will be done once.
                         * @constant
                         */
                        accepted?: true;
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongContentType"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    resumeThread: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Accepted by the thread. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        resumed: true;
                        seq?: number;
                        /**
                         * @description Present when no worker answered in time: the command is on its way and will be done once.
                         * @constant
                         */
                        accepted?: true;
                    };
                };
            };
            /** @description No worker answered in time. The command is stored and will be done once, as soon as one does. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        resumed: true;
                        seq?: number;
                        /**
                         * @description Present when no worker answered in time: the command is on its way and will be done once.
                         * @constant
                         */
                        accepted?: true;
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongContentType"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    readEvents: {
        parameters: {
            query?: {
                /** @description Only events with a greater seq. */
                after?: number;
                limit?: number;
                offset?: number;
                /** @description Only these types. May be given several times. */
                type?: ("thread_started" | "thread_ready" | "thread_blocked" | "thread_tool_running" | "thread_turn_complete" | "thread_idle" | "thread_summary_updated" | "thread_completed" | "thread_failed" | "thread_stopped" | "thread_output" | "thread_auth_required" | "thread_input" | "thread_session_lost" | "thread_session_resumed" | "thread_status" | "thread_prepared" | "thread_input_queued" | "thread_turn_started" | "thread_conversation" | "thread_answered" | "thread_ask_closed" | "thread_cancelled" | "thread_stop_requested" | "thread_resume_requested" | "command_refused")[];
                /** @description On a stream: also live frames (terminal output), as events named `frame` without an id. */
                frames?: "true" | "false";
            };
            header?: {
                /** @description Where a stream resumes; browsers send it by themselves. */
                "Last-Event-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events, oldest first; or with `Accept: text/event-stream` history from `after` on and then what happens, until the thread ends. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        events: components["schemas"]["ThreadEvent"][];
                        count: number;
                        /** @description What the filter finds, on this page or not. */
                        total: number;
                        limit: number;
                        offset: number;
                        hasMore: boolean;
                        /** @description Ask with this as `after` for what comes next. */
                        nextAfter: number;
                    };
                    "text/event-stream": string;
                };
            };
            /** @description To a stream: the thread has ended and everything was read. Browsers stop to reconnect. */
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
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getScreen: {
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
            /** @description What a person would see now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The lines, joined by line breaks. */
                        text: string;
                        lines: string[];
                        cursor: {
                            x: number;
                            y: number;
                            visible: boolean;
                        };
                        size: {
                            cols: number;
                            rows: number;
                        };
                        title: string;
                        alternate: boolean;
                        sessionId: string;
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listThreadDecisions: {
        parameters: {
            query?: {
                category?: string;
                limit?: number;
                offset?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Decisions. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        decisions: components["schemas"]["SharedDecision"][];
                        count: number;
                        /** @description What the filter finds, on this page or not. */
                        total: number;
                        limit: number;
                        offset: number;
                        hasMore: boolean;
                    };
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
    recordDecision: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecordDecision"];
            };
        };
        responses: {
            /** @description The decision. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SharedDecision"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongContentType"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    streamExecution: {
        parameters: {
            query?: {
                /** @description Ids separated by commas: only these threads. */
                threadIds?: string;
                /** @description The id of the last message that was seen, where `Last-Event-ID` cannot be sent. */
                after?: string;
            };
            header?: {
                /** @description Where a stream resumes; browsers send it by themselves. */
                "Last-Event-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description First `connected`, then history and what happens. Does not end by itself: an execution may get another thread. */
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
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listAgentTypes: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the known types; `available` says whether a live host has it, where that is known. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        agentTypes: {
                            type: string;
                            description: string;
                            available?: boolean;
                        }[];
                        count: number;
                        /** @description What the filter finds, on this page or not. */
                        total: number;
                        limit: number;
                        offset: number;
                        hasMore: boolean;
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    attachTerminal: {
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
            /** @description Switching to a WebSocket. */
            101: {
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
            426: components["responses"]["UpgradeRequired"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
}
