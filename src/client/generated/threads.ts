/** Written by `npm run docs` from docs/openapi; do not edit. */
export interface paths {
    "/v1/threads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List threads, newest first */
        get: operations["listThreads"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/thread-imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a thread of exported rollouts */
        post: operations["importThread"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/threads/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a thread with its newest events */
        get: operations["getThread"];
        put?: never;
        post?: never;
        /** Delete a thread for good */
        delete: operations["deleteThread"];
        options?: never;
        head?: never;
        /** Rename or archive a thread */
        patch: operations["updateThread"];
        trace?: never;
    };
    "/v1/threads/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the durable events of a thread by sequence, or follow it */
        get: operations["listThreadEvents"];
        put?: never;
        /** Append durable events of a local run, all or none */
        post: operations["appendThreadEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/threads/{id}/rollouts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the rollouts of a thread, oldest first */
        get: operations["listThreadRollouts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/threads/{id}/rollouts/{rolloutId}.jsonl": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Export a rollout, an event in each line */
        get: operations["exportThreadRollout"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/threads/{id}/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what was done with a thread, newest first */
        get: operations["listThreadActivity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/threads/{id}/compact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Compact a thread: a summary opens a new rollout */
        post: operations["compactThread"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/threads/{id}/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Approve or deny what the run of a thread waits for */
        post: operations["answerThreadApproval"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/thread-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Publish one event of a local run, durable or transient */
        post: operations["publishThreadEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List runs of threads, newest first */
        get: operations["listThreadRuns"];
        put?: never;
        /** Run an agent in a thread */
        post: operations["startThreadRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/run/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a run of a thread */
        get: operations["getThreadRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/run/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a run of a thread */
        post: operations["cancelThreadRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List agents, by slug */
        get: operations["listThreadAgents"];
        put?: never;
        /** Make an agent, or its next version */
        post: operations["upsertThreadAgent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agents/{slug}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an agent */
        get: operations["getThreadAgent"];
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
        AnswerThreadApproval: {
            approve: boolean;
            /** @description Without it: the run that holds the thread. */
            runId?: string | null;
            /** @description Without it: the one on which it waits now. */
            channel?: string | null;
            proposalId?: string | null;
            comment?: string | null;
        };
        AppendThreadEvents: {
            /** @description The local run that holds the thread. */
            runId: string;
            /** @description The active rollout. */
            rolloutId: string;
            events: {
                /** @enum {string} */
                type: "run_started" | "user_message" | "assistant_message" | "tool_call" | "tool_result" | "run_completed";
                /** @default {} */
                payload?: components["schemas"]["Json"];
            }[];
        };
        CancelThreadRun: {
            reason?: string | null;
        };
        ChangeThread: {
            title?: string;
            archived?: boolean;
        };
        DurableThreadFrame: {
            /** @description The thread. */
            threadId: string;
            /** @description The local run that holds it. */
            runId: string;
            /** @description Its active rollout. */
            rolloutId: string;
            /** @default {} */
            payload?: components["schemas"]["Json"];
            /** @enum {string} */
            type: "run_started" | "user_message" | "assistant_message" | "tool_call" | "tool_result" | "run_completed";
        };
        Json: unknown;
        StartThreadRun: {
            /** @description Slug or id. May be left out for a thread, which has one. */
            agent?: string;
            /** @description What the user says; in place of `messages`. */
            prompt?: string;
            /** @description The last one is the user’s. */
            messages?: {
                /** @enum {string} */
                role: "user" | "assistant";
                content?: string;
                parts?: {
                    /** @constant */
                    type: "text";
                    text: string;
                }[];
            }[];
            /** @description Without it a thread is opened. */
            threadId?: string;
            /** @default true */
            stream?: boolean;
            /** @default {} */
            config?: {
                maxTokens?: number;
                maxTurns?: number;
                temperature?: number;
            };
            /** @default {} */
            metadata?: {
                [key: string]: components["schemas"]["Json"];
            };
            /**
             * @description When something else holds the thread: 409 `THREAD_BUSY`, wait for the turn, or cancel what runs and be the next.
             * @default refuse
             * @enum {string}
             */
            whenBusy?: "refuse" | "queue" | "interrupt";
        };
        Thread: {
            id: string;
            /** @description The tenant. */
            orgId: string;
            ownerUserId: string;
            agentId: string;
            title: string;
            /**
             * @description `local-mac`: a process of the owner runs it and publishes what happens.
             * @enum {string}
             */
            executionMode: "in_sandbox" | "managed" | "local-mac";
            archived: boolean;
            activeRolloutId: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** @enum {string} */
            status: "idle" | "running" | "waiting_approval" | "compacting";
            holder: components["schemas"]["ThreadHolder"] | null;
            /** @description Runs that wait for their turn. */
            queued: number;
            /** @description Of the last durable event. */
            lastSequence: number;
            metadata: {
                [key: string]: components["schemas"]["Json"];
            };
            /** @description True for an administrator who looks at somebody else’s thread: events come without their payload. */
            metadataOnly: boolean;
        };
        ThreadActivities: {
            data: {
                events: components["schemas"]["ThreadActivity"][];
            };
            meta: {
                /** @description The id of this exchange; also `X-Request-Id`. */
                requestId: string;
                hasMore: boolean;
                /** @description Ask with this as `cursor` for what comes next; null on the last page. */
                nextCursor: string | null;
            };
            hasMore: boolean;
            /** @description Ask with this as `cursor` for what comes next; null on the last page. */
            nextCursor: string | null;
        };
        ThreadActivity: {
            id: string;
            orgId: string;
            actorUserId: string;
            /** @constant */
            resourceType: "thread";
            resourceId: string;
            eventType: string;
            /** @enum {string} */
            severity: "info" | "warning" | "error";
            title: string;
            threadId: string;
            agentRunId: string | null;
            /** Format: date-time */
            createdAt: string;
        };
        ThreadAgent: {
            id: string;
            orgId: string;
            slug: string;
            version: number;
            name: string;
            description: string;
            model: string | null;
            systemPrompt: string;
            tools: string[];
            executionMode: string;
            targetDeviceId: string | null;
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        } & {
            [key: string]: unknown;
        };
        ThreadAgentDefinition: {
            slug: string;
            name: string;
            /** @default  */
            description?: string;
            /** @default null */
            model?: string | null;
            /** @default  */
            systemPrompt?: string;
            /** @default [] */
            tools?: string[];
            /**
             * @default in_sandbox
             * @enum {string}
             */
            executionMode?: "in_sandbox" | "managed" | "local-mac";
            /** @default null */
            targetDeviceId?: string | null;
            /** @default 16 */
            maxIterations?: number;
            /** @default null */
            maxTokens?: number | null;
            /** @default null */
            temperature?: number | null;
            /** @default null */
            topP?: number | null;
            /** @default null */
            topK?: number | null;
            thinkingBudgetTokens?: number;
            budget?: {
                tokens?: number;
                tool_calls?: number;
                wall_clock_ms?: number;
                usd_millicents?: number;
            };
            effectCeiling?: {
                read?: boolean;
                write?: boolean;
                external?: boolean;
                irreversible?: boolean;
            };
            /** @default null */
            autoCompactTokens?: number | null;
            script?: {
                intents?: {
                    tool: string;
                    /** @default {} */
                    args?: components["schemas"]["Json"];
                    rationale?: string;
                }[];
                final_answer?: string | null;
                /** @description What it says of its thinking; told in threads. */
                thinking?: string;
                /** @description What its answer rests on; told in threads. */
                sources?: {
                    /** @default null */
                    url?: string | null;
                    /** @default null */
                    title?: string | null;
                }[];
                /** @description Waits so long before it speaks. */
                delay_ms?: number;
            }[] | null;
        };
        ThreadAgentKept: {
            data: {
                id: string;
                slug: string;
                /** @enum {string} */
                action: "created" | "updated" | "unchanged";
                version: number;
                sandboxId: string | null;
                targetDeviceId: string | null;
                /** @description Where it is run. */
                endpoint: string;
            };
            meta: {
                /** @description The id of this exchange; also `X-Request-Id`. */
                requestId: string;
            };
        };
        ThreadAgentRecord: {
            data: components["schemas"]["ThreadAgent"];
            meta: {
                /** @description The id of this exchange; also `X-Request-Id`. */
                requestId: string;
            };
        };
        ThreadAgents: {
            data: {
                agents: components["schemas"]["ThreadAgent"][];
            };
            meta: {
                /** @description The id of this exchange; also `X-Request-Id`. */
                requestId: string;
                hasMore: boolean;
                /** @description Ask with this as `cursor` for what comes next; null on the last page. */
                nextCursor: string | null;
            };
            hasMore: boolean;
            /** @description Ask with this as `cursor` for what comes next; null on the last page. */
            nextCursor: string | null;
        };
        ThreadAnswered: {
            data: {
                threadId: string;
                approved: boolean;
                /** @description True: no worker answered in time. The command is kept, and done when one is there. */
                accepted: boolean;
            };
            meta: {
                /** @description The id of this exchange; also `X-Request-Id`. */
                requestId: string;
            };
        };
        ThreadAppended: {
            threadId: string;
            rolloutId: string;
            /** @description Of the last durable event of the thread. */
            sequence: number;
            /** @description How many of them were new. */
            appended: number;
        };
        ThreadChanged: {
            data: {
                thread: components["schemas"]["Thread"];
                /** @description True: no worker answered in time. The command is kept, and done when one is there. */
                accepted: boolean;
            };
            meta: {
                /** @description The id of this exchange; also `X-Request-Id`. */
                requestId: string;
            };
        };
        ThreadCompacting: {
            data: {
                threadId: string;
                compactionId: string | null;
                /** @description True: no worker answered in time. The command is kept, and done when one is there. */
                accepted: boolean;
            };
            meta: {
                /** @description The id of this exchange; also `X-Request-Id`. */
                requestId: string;
            };
        };
        ThreadDeleted: {
            data: {
                id: string;
                /** @constant */
                deleted: true;
                /** @description True: no worker answered in time. The command is kept, and done when one is there. */
                accepted: boolean;
            };
            meta: {
                /** @description The id of this exchange; also `X-Request-Id`. */
                requestId: string;
            };
        };
        ThreadEvent: {
            sequence: number;
            rolloutId: string;
            threadId: string;
            runId: string | null;
            /** @enum {string} */
            type: "run_started" | "user_message" | "assistant_message" | "tool_call" | "tool_result" | "approval_requested" | "approval_resolved" | "run_completed" | "compaction_started" | "compaction_completed";
            /** @description Null where only metadata is shown. */
            payload: components["schemas"]["Json"];
            /** Format: date-time */
            createdAt: string;
        };
        ThreadEvents: {
            data: {
                thread: components["schemas"]["Thread"];
                events: components["schemas"]["ThreadEvent"][];
            };
            meta: {
                /** @description The id of this exchange; also `X-Request-Id`. */
                requestId: string;
                hasMore: boolean;
                /** @description Ask with this as `cursor` for what comes next; null on the last page. */
                nextCursor: string | null;
            };
            hasMore: boolean;
            /** @description Ask with this as `cursor` for what comes next; null on the last page. */
            nextCursor: string | null;
        };
        ThreadFault: {
            error: {
                /** @enum {string} */
                code: "invalid_request" | "unauthorized" | "forbidden" | "not_found" | "timeout" | "conflict" | "rate_limited" | "internal_error" | "not_implemented" | "unavailable" | "THREAD_BUSY";
                /** @description What is wrong, for people. */
                message: string;
                requestId: string;
                details: {
                    /** @description What exactly; docs/errors.md lists the codes. */
                    code: string;
                    field?: string;
                    reason?: string;
                } & {
                    [key: string]: unknown;
                };
            };
        };
        ThreadFrame: {
            type: string;
            sequence?: number;
        } & {
            [key: string]: unknown;
        };
        ThreadHolder: {
            /** @enum {string} */
            kind: "run" | "local_run" | "compaction";
            id: string;
            /** Format: date-time */
            since: string;
        };
        ThreadImported: {
            data: {
                thread: components["schemas"]["Thread"];
                events: number;
            };
            meta: {
                /** @description The id of this exchange; also `X-Request-Id`. */
                requestId: string;
            };
        };
        ThreadList: {
            data: {
                threads: components["schemas"]["Thread"][];
            };
            meta: {
                /** @description The id of this exchange; also `X-Request-Id`. */
                requestId: string;
                hasMore: boolean;
                /** @description Ask with this as `cursor` for what comes next; null on the last page. */
                nextCursor: string | null;
            };
            hasMore: boolean;
            /** @description Ask with this as `cursor` for what comes next; null on the last page. */
            nextCursor: string | null;
        };
        ThreadPendingApproval: {
            channel: string;
            proposalId: string;
            tool: string;
            reason: string;
            /** Format: date-time */
            since: string;
        };
        ThreadPublished: {
            threadId: string;
            rolloutId: string;
            /** @description Of the last durable event of the thread. */
            sequence: number;
            /** @description How many of them were new. */
            appended: number;
            /** @constant */
            durable: true;
        };
        ThreadRollout: {
            rolloutId: string;
            threadId: string;
            /** Format: date-time */
            startedAt: string;
            /** @description Null: it is the active one. */
            completedAt: string | null;
            eventCount: number;
        };
        ThreadRollouts: {
            data: {
                thread: components["schemas"]["Thread"];
                rollouts: components["schemas"]["ThreadRollout"][];
            };
            meta: {
                /** @description The id of this exchange; also `X-Request-Id`. */
                requestId: string;
            };
        };
        ThreadRun: {
            id: string;
            sandboxId: string | null;
            agentId: string;
            userId: string;
            /** @enum {string} */
            status: "queued" | "running" | "waiting_approval" | "completed" | "failed" | "cancelled";
            /** Format: date-time */
            createdAt: string;
            threadId: string;
            rolloutId: string;
            agent: string;
            agentVersion: number;
            /**
             * @description `local-mac`: a process of the owner runs it and publishes what happens.
             * @enum {string}
             */
            executionMode: "in_sandbox" | "managed" | "local-mac";
            result: string | null;
            error: {
                code: string;
                message: string;
            } | null;
            usage: components["schemas"]["ThreadRunUsage"] | null;
            iterations: number;
            pending: components["schemas"]["ThreadPendingApproval"] | null;
            metadata: {
                [key: string]: components["schemas"]["Json"];
            };
            startedAt: string | null;
            endedAt: string | null;
        };
        ThreadRunAnswer: {
            runId: string;
            sandboxId: string | null;
            threadId: string;
            rolloutId: string;
            /** @enum {string} */
            executionMode: "in_sandbox" | "managed" | "local-mac";
            targetDeviceId: string | null;
            /**
             * @description `registered`: a process of the owner runs it and publishes. `running`, `queued`, `waiting_approval`: it had not ended when this was answered.
             * @enum {string}
             */
            status: "completed" | "failed" | "cancelled" | "registered" | "running" | "waiting_approval" | "queued";
            result: string | null;
            usage: components["schemas"]["ThreadRunUsage"] | null;
            iterations: number;
            error: {
                code: string;
                message: string;
            } | null;
            /** @description Runs that were before it when it was asked for. */
            position: number;
        };
        ThreadRunCancelling: {
            data: {
                runId: string;
                threadId: string;
                /** @description True: no worker answered in time. The command is kept, and done when one is there. */
                accepted: boolean;
            };
            meta: {
                /** @description The id of this exchange; also `X-Request-Id`. */
                requestId: string;
            };
        };
        ThreadRunRecord: {
            data: components["schemas"]["ThreadRun"];
            meta: {
                /** @description The id of this exchange; also `X-Request-Id`. */
                requestId: string;
            };
        };
        ThreadRunResult: {
            data: components["schemas"]["ThreadRunAnswer"];
            meta: {
                /** @description The id of this exchange; also `X-Request-Id`. */
                requestId: string;
            };
        };
        ThreadRunStarted: {
            /** @constant */
            type: "run";
            runId: string;
            threadId: string;
            rolloutId: string;
            status: string;
            position: number;
        };
        ThreadRunUsage: {
            inputTokens: number;
            outputTokens: number;
            promptTokens: number;
            completionTokens: number;
            totalTokens: number;
            toolCalls: number;
            usdMillicents: number;
        };
        ThreadRuns: {
            data: {
                runs: components["schemas"]["ThreadRun"][];
            };
            meta: {
                /** @description The id of this exchange; also `X-Request-Id`. */
                requestId: string;
                hasMore: boolean;
                /** @description Ask with this as `cursor` for what comes next; null on the last page. */
                nextCursor: string | null;
            };
            hasMore: boolean;
            /** @description Ask with this as `cursor` for what comes next; null on the last page. */
            nextCursor: string | null;
        };
        ThreadSnapshot: {
            data: {
                thread: components["schemas"]["Thread"];
                events: components["schemas"]["ThreadEvent"][];
            };
            meta: {
                /** @description The id of this exchange; also `X-Request-Id`. */
                requestId: string;
            };
        };
        ThreadTold: {
            threadId: string;
            rolloutId: string;
            /** @constant */
            durable: false;
            /** @description False: its number was not above the last one. */
            delivered: boolean;
        };
        TransientThreadFrame: {
            /** @description The thread. */
            threadId: string;
            /** @description The local run that holds it. */
            runId: string;
            /** @description Its active rollout. */
            rolloutId: string;
            /** @default {} */
            payload?: components["schemas"]["Json"];
            /** @enum {string} */
            type: "assistant_message_delta" | "assistant_thinking_delta" | "assistant_message_source" | "tool_call_started" | "tool_output_delta" | "tool_call_completed";
            /** @description Grows within the run; what does not grow is dropped. */
            sequenceNumber: number;
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
                "application/json": components["schemas"]["ThreadFault"];
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
                "application/json": components["schemas"]["ThreadFault"];
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
                "application/json": components["schemas"]["ThreadFault"];
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
                "application/json": components["schemas"]["ThreadFault"];
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
                "application/json": components["schemas"]["ThreadFault"];
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
                "application/json": components["schemas"]["ThreadFault"];
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
                "application/json": components["schemas"]["ThreadFault"];
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
                "application/json": components["schemas"]["ThreadFault"];
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
                "application/json": components["schemas"]["ThreadFault"];
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
                "application/json": components["schemas"]["ThreadFault"];
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
                "application/json": components["schemas"]["ThreadFault"];
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
                /** @description At most 100; more is as much as that. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
                /** @description Only those that are archived, or only those that are not; without it: those that are not. */
                archived?: "true" | "false";
                /** @description Threads of everybody in the tenant; for administrators. */
                all?: "true" | "false";
                /** @description The id of an agent. */
                agent?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the caller’s threads; with `all` of everybody’s in the tenant. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThreadList"];
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
    importThread: {
        parameters: {
            query: {
                /** @description Slug or id of the agent that goes on with it. */
                agent: string;
                title?: string;
            };
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "*/*": string;
            };
        };
        responses: {
            /** @description Ids are kept where they are free. The last rollout of the lines is the active one. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThreadImported"];
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
    getThread: {
        parameters: {
            query?: {
                /** @description At most 500; more is as much as that. */
                limit?: number;
                /** @description `all_rollouts`: also what was before the last compaction. */
                include?: "all_rollouts";
            };
            header?: never;
            path: {
                /** @description Of the thread. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events of the active rollout, oldest first; `…/events` has the ones before them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThreadSnapshot"];
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
    deleteThread: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of the thread. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What runs is ended; what was said is removed and cannot be brought back. The audit log says who did it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThreadDeleted"];
                };
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
    updateThread: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the thread. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ChangeThread"];
            };
        };
        responses: {
            /** @description Updated. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThreadChanged"];
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
    listThreadEvents: {
        parameters: {
            query?: {
                /** @description At most 500; more is as much as that. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
                /** @description `all_rollouts`: also what was before the last compaction. */
                include?: "all_rollouts";
                /** @description Only of this rollout; without it: of the active one. */
                rollout_id?: string;
                /** @description Only events with a greater sequence. */
                after?: number;
                /** @description The newest events with a lesser sequence, told oldest first. */
                before?: number;
                /** @description The credential of a WebSocket or a stream, where no header can be sent; exactly one of `api_key` and `token`. */
                api_key?: string;
                token?: string;
            };
            header?: {
                /** @description Where a stream resumes; browsers send it by themselves. */
                "Last-Event-ID"?: string;
            };
            path: {
                /** @description Of the thread. */
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
            /** @description Oldest first. A page ends early where its events are large; `hasMore` says whether there are more. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThreadEvents"];
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
    appendThreadEvents: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the thread. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AppendThreadEvents"];
            };
        };
        responses: {
            /** @description They are kept, in their order. `run_completed`, which must be the last one, ends the run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ThreadAppended"];
                        meta: {
                            /** @description The id of this exchange; also `X-Request-Id`. */
                            requestId: string;
                        };
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
    listThreadRollouts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of the thread. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A compaction closes one and opens the next. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThreadRollouts"];
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
    exportThreadRollout: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of the thread. */
                id: string;
                /** @description Of the rollout. */
                rolloutId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Lines of JSON, oldest first, with the fields of events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/jsonl": string;
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
    listThreadActivity: {
        parameters: {
            query?: {
                /** @description At most 100; more is as much as that. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description Of the thread. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What happened and by whom, never what was said. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThreadActivities"];
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
    compactThread: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the thread. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It has begun; `compaction_completed` says how it ended. Until then the thread is held. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThreadCompacting"];
                };
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
    answerThreadApproval: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the thread. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AnswerThreadApproval"];
            };
        };
        responses: {
            /** @description The verdict is recorded, with who gave it. The same answer again changes nothing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThreadAnswered"];
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
    publishThreadEvent: {
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
                "application/json": components["schemas"]["DurableThreadFrame"] | components["schemas"]["TransientThreadFrame"];
            };
        };
        responses: {
            /** @description A durable one is kept and has a sequence; of a transient one, whether it was told. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ThreadPublished"] | components["schemas"]["ThreadTold"];
                        meta: {
                            /** @description The id of this exchange; also `X-Request-Id`. */
                            requestId: string;
                        };
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
    listThreadRuns: {
        parameters: {
            query?: {
                /** @description At most 100; more is as much as that. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
                /** @description Slug or id. */
                agent?: string;
                /** @description Of this thread. */
                thread?: string;
                status?: "queued" | "running" | "waiting_approval" | "completed" | "failed" | "cancelled";
                /** @description Of everybody in the tenant; for administrators. */
                all?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the caller’s runs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThreadRuns"];
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
    startThreadRun: {
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
        requestBody?: {
            content: {
                "application/json": components["schemas"]["StartThreadRun"];
            };
        };
        responses: {
            /** @description With `stream: false`: how it ended. An agent of `local-mac` is registered, and answered so at once. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThreadRunResult"];
                    "text/event-stream": string;
                };
            };
            /** @description With `stream: false`: it goes on; it had not ended in the time that this waits. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ThreadRunAnswer"];
                        meta: {
                            /** @description The id of this exchange; also `X-Request-Id`. */
                            requestId: string;
                        };
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
    getThreadRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of the run. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description With what it waits for people with, where it does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThreadRunRecord"];
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
    cancelThreadRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the run. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CancelThreadRun"];
            };
        };
        responses: {
            /** @description Its model call and its tool are stopped; `run_completed` says so. One that waits for its turn is taken out of the queue. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThreadRunCancelling"];
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
    listThreadAgents: {
        parameters: {
            query?: {
                /** @description At most 100; more is as much as that. */
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The newest version of each. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThreadAgents"];
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
    upsertThreadAgent: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ThreadAgentDefinition"];
            };
        };
        responses: {
            /** @description By its slug. The same definition again changes nothing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThreadAgentKept"];
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
    getThreadAgent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Slug or id. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its newest version. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThreadAgentRecord"];
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
}
