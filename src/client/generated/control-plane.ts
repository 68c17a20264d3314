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
    "/api/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Metrics for Prometheus */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List API keys, newest first */
        get: operations["listAuthKeys"];
        put?: never;
        /** Make an API key */
        post: operations["createAuthKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an API key, without the key itself */
        get: operations["getAuthKey"];
        put?: never;
        post?: never;
        /** Revoke an API key at once */
        delete: operations["deleteAuthKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replace an API key by a new one of the same name, tenant and scopes */
        post: operations["rotateAuthKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the audit log, newest first */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List schedules, newest first */
        get: operations["listSchedules"];
        put?: never;
        /** Make a schedule */
        post: operations["createSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/schedules/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a schedule */
        get: operations["getSchedule"];
        /** Replace a schedule as a whole */
        put: operations["replaceSchedule"];
        post?: never;
        /** Delete a schedule and the record of its runs */
        delete: operations["deleteSchedule"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/patterns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List patterns by name, each with its newest version */
        get: operations["listPatterns"];
        put?: never;
        /** Publish a version of a pattern */
        post: operations["createPattern"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/patterns/upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Publish a definition from a file */
        post: operations["uploadPattern"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/patterns/upload/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Publish definitions from several files */
        post: operations["uploadPatterns"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/patterns/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a pattern */
        get: operations["getPattern"];
        /** Publish a further version of a pattern that exists */
        put: operations["updatePattern"];
        post?: never;
        /** Delete a pattern, or one version of it */
        delete: operations["deletePattern"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/patterns/{name}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the versions of a pattern, oldest first */
        get: operations["listPatternVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/patterns/{name}/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Check an input against a pattern, or a definition */
        post: operations["validatePattern"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/patterns/{name}/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Count the executions of a pattern */
        get: operations["getPatternMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/schedules/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pause a schedule */
        post: operations["pauseSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/schedules/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Resume a paused schedule */
        post: operations["resumeSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/schedules/{id}/trigger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run a schedule now */
        post: operations["triggerSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/schedules/{id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the runs of a schedule, newest first */
        get: operations["listScheduleRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/patterns/{name}/execute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Execute a pattern, and wait for its result */
        post: operations["executePattern"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/patterns/{name}/execute/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Execute a pattern, and follow it */
        post: operations["streamPattern"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List executions, newest first */
        get: operations["listExecutions"];
        put?: never;
        /** Execute a pattern without waiting */
        post: operations["createExecution"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/stats/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Count executions */
        get: operations["executionSummary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/stats/hourly": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Count executions by hour */
        get: operations["executionsByHour"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/stats/daily": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Count executions by day */
        get: operations["executionsByDay"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an execution */
        get: operations["getExecution"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the events of an execution, or follow them */
        get: operations["readExecutionEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{id}/events/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow the events of an execution */
        get: operations["streamExecutionEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel an execution */
        post: operations["cancelExecution"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Answer what an execution asks a person */
        post: operations["approveExecution"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Execute again with the same input */
        post: operations["retryExecution"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/batch/execute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Execute a pattern for many inputs */
        post: operations["executeBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/batch/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a batch and a page of its results */
        get: operations["getBatch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/batch/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a batch */
        post: operations["cancelBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/batch/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the events of a batch, or follow them */
        get: operations["readBatchEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List agents, newest registered first */
        get: operations["listAgents"];
        put?: never;
        /** Register an agent that is called over HTTP */
        post: operations["registerAgent"];
        /** Delete agents that have been away for long */
        delete: operations["deleteStaleAgents"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/agents/stats/capabilities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Count agents by capability */
        get: operations["listCapabilities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/agents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an agent and its statistics */
        get: operations["getAgent"];
        put?: never;
        post?: never;
        /** Delete an agent and its statistics */
        delete: operations["deleteAgent"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/agents/{id}/disconnect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Disconnect an agent */
        post: operations["disconnectAgent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/agents/{id}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Say whether an agent may be given tasks */
        patch: operations["setAgentStatus"];
        trace?: never;
    };
    "/api/agents/{id}/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Ask whether an agent is well */
        get: operations["getAgentHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/agents/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give an agent one task and wait for its answer */
        post: operations["testAgent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List webhooks, newest first */
        get: operations["listWebhooks"];
        put?: never;
        /** Make a webhook */
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a webhook */
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        /** Delete a webhook and its deliveries */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        /** Change a webhook */
        patch: operations["changeWebhook"];
        trace?: never;
    };
    "/api/webhooks/{id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replace the secret of a webhook */
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a test event */
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the deliveries of a webhook, newest first */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/deliveries/{deliveryId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a delivery */
        get: operations["getDelivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/deliveries/{deliveryId}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Deliver again */
        post: operations["redeliver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/deliveries/{deliveryId}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Deliver again */
        post: operations["retryDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/triggers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List triggers, newest first */
        get: operations["listTriggers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/triggers/webhook": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make an inbound webhook */
        post: operations["createWebhookTrigger"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/triggers/event": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make an event trigger */
        post: operations["createEventTrigger"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/triggers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a trigger */
        get: operations["getTrigger"];
        /** Replace a trigger as a whole */
        put: operations["replaceTrigger"];
        post?: never;
        /** Delete a trigger and the record of its firings */
        delete: operations["deleteTrigger"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/triggers/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pause a trigger */
        post: operations["pauseTrigger"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/triggers/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Resume a trigger */
        post: operations["resumeTrigger"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/triggers/{id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replace the secret of an inbound webhook */
        post: operations["rotateTriggerSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/triggers/{id}/firings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the firings of a trigger, newest first */
        get: operations["listFirings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/triggers/webhook/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Fire an inbound webhook */
        post: operations["receiveTrigger"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ws/agent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Connect as an agent (WebSocket): JSON messages of one envelope, see docs/pattern-agents.md */
        get: operations["connectAgent"];
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
        AcceptedExecution: {
            executionId: string;
            /** @enum {string} */
            status: "pending" | "running" | "completed" | "failed" | "cancelled";
            statusUrl: string;
        };
        Agent: {
            id: string;
            name: string;
            /**
             * @description `socket`: connected by WebSocket. `http`: called at its URL. `in-process` and `llm`: run on the worker, by its configuration.
             * @enum {string}
             */
            kind: "socket" | "http" | "in-process" | "llm";
            /**
             * @description Whether it can be given tasks as far as the registry knows.
             * @enum {string}
             */
            status: "connected" | "disconnected";
            /**
             * @description What an operator says; only `active` ones are given tasks.
             * @enum {string}
             */
            mode: "active" | "inactive" | "error";
            /**
             * @description What the agent says of itself.
             * @enum {string}
             */
            load: "available" | "busy" | "draining";
            capabilities: string[];
            region: string | null;
            /** @description Of an HTTP agent. */
            url: string | null;
            /** Format: date-time */
            registeredAt: string;
            connectedAt: string | null;
            disconnectedAt: string | null;
            lastHeartbeat: string | null;
            activeTasks: number;
            maxConcurrentTasks: number | null;
            /** @description Tasks that ended, well or badly. */
            tasksCompleted: number;
            metadata: {
                [key: string]: unknown;
            };
            statistics: {
                tasksCompleted: number;
                tasksSucceeded: number;
                tasksFailed: number;
                /** @description Milliseconds, over the tasks that succeeded; null before the first. */
                averageLatency: number | null;
                /** @description Seconds since it connected; 0 while it is not. */
                uptime: number;
            };
        };
        AgentList: {
            agents: components["schemas"]["ListedAgent"][];
            /** @description Of all that capabilities and region find, whatever their status. */
            connected: number;
            disconnected: number;
            count: number;
            /** @description What the filter finds, on this page or not. */
            total: number;
            limit: number;
            offset: number;
            hasMore: boolean;
        };
        AgentTestResult: {
            agentId: string;
            success: boolean;
            result: unknown;
            confidence?: number;
            reasoning?: string;
            /** @description Milliseconds. */
            duration?: number;
            error?: {
                code: string;
                message: string;
            };
        };
        ApiKey: {
            id: string;
            /** @description `*`: an operator, who may act in any tenant. */
            tenant: string;
            name: string;
            /** @description The beginning and the end of the key. */
            hint: string;
            scopes: string[];
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            expiresAt: string | null;
            revokedAt: string | null;
            /** @description To the minute. */
            lastUsedAt: string | null;
            rotatedFrom: string | null;
        };
        ApproveExecution: {
            approvalId?: string;
            approve: boolean;
            value?: components["schemas"]["Json"];
            comment?: string;
        };
        AuditEntry: {
            id: string;
            /** Format: date-time */
            at: string;
            tenant: string;
            /** @description Who asked. */
            subject: string;
            /** @description The API key that was sent, where one was. */
            keyId: string | null;
            /** @description The surface and the operation, such as managed-threads.sendToThread. */
            action: string;
            resourceType: string;
            resourceId: string | null;
            /**
             * @description `unknown`: it is under way, or the process was killed before it ended.
             * @enum {string}
             */
            outcome: "unknown" | "succeeded" | "refused" | "failed";
            /** @description The HTTP status of the answer. */
            status: number | null;
            /** @description Why it was refused or failed. */
            code: string | null;
            requestId: string;
            /** @description The address of the client, as far as trusted proxies tell. */
            address: string | null;
            settledAt: string | null;
            /** @description How many requests it stands for. Failed credentials of one kind and minute are counted; everything else is 1. */
            count: number;
        };
        Batch: {
            batchId: string;
            pattern: {
                name: string;
                version: string;
            };
            /** @enum {string} */
            status: "running" | "completed" | "failed" | "cancelled";
            /** @description Inputs. */
            total: number;
            completed: number;
            failed: number;
            statusUrl: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            completedAt?: string;
            error?: {
                code: string;
                message: string;
            };
            cancelled?: {
                by: string;
                reason: string | null;
                /** Format: date-time */
                at: string;
            };
            /** @description In order of the inputs, from `offset` on. */
            results: {
                index: number;
                executionId: string;
                /** @enum {string} */
                status: "pending" | "running" | "completed" | "failed" | "cancelled";
                result?: unknown;
                confidence?: number;
                error?: {
                    code: string;
                    message: string;
                };
                duration?: number;
            }[];
            limit: number;
            offset: number;
            hasMore: boolean;
        };
        BatchEvent: {
            id: string;
            seq: number;
            batchId: string;
            /** Format: date-time */
            time: string;
            type: string;
            data: {
                [key: string]: unknown;
            };
        };
        BatchEventList: {
            events: components["schemas"]["BatchEvent"][];
            count: number;
            hasMore: boolean;
            /** @description Ask with this as `after` for what comes next. */
            nextAfter: number;
        };
        BatchInput: {
            pattern: string;
            /** @description A version or a range; without it the newest. */
            version?: string;
            inputs: {
                [key: string]: components["schemas"]["Json"];
            }[];
            /**
             * @default {
             *       "concurrency": 5,
             *       "stopOnError": false
             *     }
             */
            options?: {
                /** @default 5 */
                concurrency?: number;
                /**
                 * @description After a failed execution no further one is started, and the batch fails.
                 * @default false
                 */
                stopOnError?: boolean;
                /** @description Of each execution, in milliseconds. */
                timeout?: number;
                /** @enum {string} */
                priority?: "critical" | "high" | "normal" | "low";
                /** @description The caller's own; shown with the execution. */
                metadata?: {
                    [key: string]: components["schemas"]["Json"];
                };
            };
        };
        /** @description Times that fit every field. A field is a number, or parts as in a cron expression (`MON-FRI`, `0,30`, `*`). Left away: 0 for second, minute and hour, anything for the rest. */
        Calendar: {
            second?: number | string;
            minute?: number | string;
            hour?: number | string;
            dayOfMonth?: number | string;
            month?: number | string;
            dayOfWeek?: number | string;
            year?: number | string;
        };
        CancelExecution: {
            reason?: string;
        };
        CreateApiKey: {
            name: string;
            /** @description Only operators may name another one than their own. */
            tenant?: string | "*";
            scopes: ("threads:read" | "threads:write" | "patterns:read" | "patterns:write" | "executions:read" | "executions:write" | "agents:read" | "agents:write" | "agent:read" | "agent:run" | "runs:read" | "runs:write" | "scripts:read" | "scripts:write" | "schedules:read" | "schedules:write" | "webhooks:read" | "webhooks:write" | "metrics:read" | "admin" | "threads:*" | "patterns:*" | "executions:*" | "agents:*" | "agent:*" | "runs:*" | "scripts:*" | "schedules:*" | "webhooks:*" | "metrics:*" | "*")[];
            /** @description A time to come. */
            expiresAt?: string | null;
            /**
             * @default pk_live
             * @enum {string}
             */
            prefix?: "pk_live" | "rt_live" | "rt_test";
        };
        CreateExecution: {
            patternName: string;
            /** @description A version or a range. */
            version?: string;
            /**
             * @description What the pattern asks for; `POST /api/patterns/{name}/validate` checks it without executing.
             * @default {}
             */
            input?: {
                [key: string]: components["schemas"]["Json"];
            };
            /** @default {} */
            options?: {
                /** @description Milliseconds after which the execution fails with `execution.timeout`; the time in which it waits for a person does not count. */
                timeout?: number;
                /** @enum {string} */
                priority?: "critical" | "high" | "normal" | "low";
                /** @description The caller's own; shown with the execution. */
                metadata?: {
                    [key: string]: components["schemas"]["Json"];
                };
                /** @description Answer with the address of the stream. */
                stream?: boolean;
            };
            /** @description Is told how the execution ended; `X-Parallax-Signature` is over the body alone. */
            webhook?: {
                /** Format: uri */
                url: string;
                secret?: string;
                /**
                 * @default [
                 *       "completed",
                 *       "failed",
                 *       "cancelled"
                 *     ]
                 */
                events?: ("completed" | "failed" | "cancelled")[];
            };
        };
        CreatedExecution: {
            id: string;
            executionId: string;
            /** @constant */
            status: "accepted";
            message: string;
            statusUrl: string;
            streamUrl?: string;
            webhookConfigured: boolean;
        };
        /** @description A value that it must be, values of which it must be one, or operators that must all hold. */
        EventCondition: (string | number | boolean | null) | (string | number | boolean | null)[] | {
            $eq?: string | number | boolean | null;
            $ne?: string | number | boolean | null;
            $gt?: string | number;
            $gte?: string | number;
            $lt?: string | number;
            $lte?: string | number;
            $in?: (string | number | boolean | null)[];
            $nin?: (string | number | boolean | null)[];
            $exists?: boolean;
        };
        EventTriggerInput: {
            name: string;
            /** @default null */
            description?: string | null;
            /** @description What is started; fields that `inputMapping` fills in may be left away. */
            target?: {
                /** @enum {string} */
                kind: "managed-thread" | "thread-message" | "pattern" | "run" | "script" | "thread";
                input: {
                    [key: string]: unknown;
                };
            };
            /** @description Another way to write a target of the kind `pattern`; `inputMapping` then fills in fields of the input of the pattern. */
            patternName?: string;
            input?: {
                [key: string]: unknown;
            };
            /**
             * @description Fields of the input of the target by dotted path, and where they come from: the path of a field (`body.issue.title`, `data.summary`), or a text with paths in `{{ }}`.
             * @default {}
             */
            inputMapping?: {
                [key: string]: string;
            };
            /** @default {} */
            metadata?: {
                [key: string]: components["schemas"]["Json"];
            };
            /** @description The name of an event (`thread.started`), a prefix (`thread.*`), or `*`. */
            eventType?: string;
            eventTypes?: string[];
            /**
             * @description By the dotted path of a field of the event (`data.turnId`, `executionId`) or of its actor (`role`, `metadata.team`); all must hold.
             * @default {}
             */
            eventFilter?: {
                [key: string]: components["schemas"]["EventCondition"];
            };
        };
        ExecuteInput: {
            /**
             * @description What the pattern asks for; `POST /api/patterns/{name}/validate` checks it without executing.
             * @default {}
             */
            input?: {
                [key: string]: components["schemas"]["Json"];
            };
            /** @default {} */
            options?: components["schemas"]["ExecutionOptions"];
        };
        Executed: {
            executionId: string;
            /** @enum {string} */
            status: "pending" | "running" | "completed" | "failed" | "cancelled";
            result?: unknown;
            confidence?: number;
            error?: {
                code: string;
                message: string;
                details?: {
                    [key: string]: unknown;
                };
            };
            warnings?: string[];
            duration?: number;
            agents: {
                id: string;
                name: string;
                /** @enum {string} */
                status: "running" | "completed" | "failed" | "cancelled";
                result?: unknown;
                confidence?: number;
                reasoning?: string;
                error?: {
                    code: string;
                    message: string;
                    details?: {
                        [key: string]: unknown;
                    };
                };
                duration?: number;
                step: string;
                attempt: number;
            }[];
        };
        Execution: {
            executionId: string;
            pattern: {
                name: string;
                version: string;
            };
            /** @enum {string} */
            status: "pending" | "running" | "completed" | "failed" | "cancelled";
            input: unknown;
            result?: unknown;
            confidence?: number;
            error?: {
                code: string;
                message: string;
                details?: {
                    [key: string]: unknown;
                };
            };
            warnings?: string[];
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            startedAt?: string;
            /** Format: date-time */
            completedAt?: string;
            /** @description Milliseconds. */
            duration?: number;
            /** @description One entry for each task that was given to an agent, in the order in which they were given. */
            agents: {
                id: string;
                name: string;
                /** @enum {string} */
                status: "running" | "completed" | "failed" | "cancelled";
                result?: unknown;
                confidence?: number;
                reasoning?: string;
                error?: {
                    code: string;
                    message: string;
                    details?: {
                        [key: string]: unknown;
                    };
                };
                duration?: number;
                step: string;
                attempt: number;
            }[];
            /** @description What waits for a person: `POST …/approve` answers. */
            approvals?: {
                approvalId: string;
                step: string;
                to: string | null;
                message: string;
                deadlineAt: string | null;
            }[];
            /** @description Of an org chart: the managed threads of its roles. */
            threads?: {
                threadId: string;
                role: string;
                instance: number;
            }[];
            /** @description Threads that wait for a person: `POST /api/managed-threads/{id}/approvals` answers. */
            blocked?: {
                threadId: string;
                role: string;
                step: string;
                ask: {
                    id: string;
                    kind: string;
                    text: string;
                };
            }[];
            priority: string;
            timeout?: number;
            metadata: {
                [key: string]: unknown;
            };
            cancelled?: {
                by: string;
                reason: string | null;
                /** Format: date-time */
                at: string;
            };
            retriedFrom?: string;
            parent?: {
                executionId: string;
                step: string;
            };
            batch?: {
                id: string;
                index: number;
            };
            /** @description The last event that this answer contains; a stream from here misses nothing. */
            lastSeq: number;
        };
        ExecutionEvent: {
            /** @description `<executionId>/<seq>` */
            id: string;
            seq: number;
            executionId: string;
            /** Format: date-time */
            time: string;
            type: string;
            agentId?: string;
            /** @description By type: docs/executions.md has the fields. */
            data: {
                [key: string]: unknown;
            };
            by: {
                subject: string;
                via: string;
            };
            requestId?: string;
        };
        ExecutionEventList: {
            events: components["schemas"]["ExecutionEvent"][];
            count: number;
            hasMore: boolean;
            /** @description Ask with this as `after` for what comes next. */
            nextAfter: number;
        };
        ExecutionList: {
            executions: {
                executionId: string;
                pattern: string;
                version: string;
                /** @enum {string} */
                status: "pending" | "running" | "completed" | "failed" | "cancelled";
                /** Format: date-time */
                createdAt: string;
                /** Format: date-time */
                startedAt?: string;
                /** Format: date-time */
                completedAt?: string;
                duration?: number;
                confidence?: number;
                parent?: string;
                batchId?: string;
                retriedFrom?: string;
            }[];
            /** @description What the filter finds, on this page or not. */
            total: number;
            limit: number;
            offset: number;
            hasMore: boolean;
        };
        ExecutionOptions: {
            /** @description Milliseconds after which the execution fails with `execution.timeout`; the time in which it waits for a person does not count. */
            timeout?: number;
            /** @enum {string} */
            priority?: "critical" | "high" | "normal" | "low";
            /** @description The caller's own; shown with the execution. */
            metadata?: {
                [key: string]: components["schemas"]["Json"];
            };
        };
        ExecutionSummary: {
            total_executions: number;
            successful: number;
            failed: number;
            cancelled: number;
            in_progress: number;
            avg_duration_ms: number | null;
            avg_confidence: number | null;
        };
        ExecutionsByDay: {
            stats: {
                /** Format: date-time */
                day: string;
                executions: number;
                successful: number;
                failed: number;
                cancelled: number;
                avg_duration_ms: number | null;
                avg_confidence: number | null;
            }[];
        };
        ExecutionsByHour: {
            stats: {
                /** Format: date-time */
                hour: string;
                executions: number;
                successful: number;
                failed: number;
                cancelled: number;
                avg_duration_ms: number | null;
                avg_confidence: number | null;
            }[];
        };
        Fault: {
            error: {
                /** @enum {string} */
                code: "VALIDATION_ERROR" | "UNAUTHORIZED" | "FORBIDDEN" | "NOT_FOUND" | "CONFLICT" | "RATE_LIMITED" | "TIMEOUT" | "NO_AGENTS" | "INTERNAL_ERROR" | "NOT_IMPLEMENTED" | "UNAVAILABLE";
                message: string;
                /** @description `code` is the precise one of docs/errors.md; `field`, `reason` and other facts stand beside it. */
                details: {
                    [key: string]: unknown;
                };
            };
            requestId: string;
        };
        Health: {
            /** @enum {string} */
            status: "healthy" | "degraded" | "unhealthy";
            version: string;
            /** @description Seconds since this process started. */
            uptime: number;
            components?: {
                /** @enum {string} */
                database: "healthy" | "degraded" | "unhealthy";
                /** @enum {string} */
                temporal: "healthy" | "degraded" | "unhealthy";
                /**
                 * @description Whether this process hears of commits, and so can serve streams.
                 * @enum {string}
                 */
                feed: "healthy" | "degraded" | "unhealthy";
                workers: {
                    /** @enum {string} */
                    status: "healthy" | "degraded" | "unhealthy";
                    /** @description Worker processes that polled within 75 seconds. Null: nobody could say. */
                    polling: number | null;
                };
                hosts: {
                    /** @enum {string} */
                    status: "healthy" | "degraded" | "unhealthy";
                    connected: number | null;
                    /** @description Terminals that run now. */
                    sessions: number | null;
                    /** @description Terminals that they offer to run at once. */
                    capacity: number | null;
                };
                /** @description Agents that perform tasks of patterns, of all tenants. */
                agents: {
                    connected: number | null;
                    /** @description Those of them that are active. */
                    healthy: number | null;
                };
            };
            metrics?: {
                /** @description Executions of patterns, and beside them the ids that clients gave to threads of their own, of all tenants. */
                executionsTotal: number | null;
                /** @description Those that have not ended: pending or running, or with a thread that has not ended. */
                executionsActive: number | null;
                /** @description Mean milliseconds from acceptance (of threads: the first spawn) to the end (the last one), over those that are not active. Null while there is none. */
                avgExecutionTime: number | null;
            };
        };
        Json: unknown;
        ListedAgent: {
            id: string;
            name: string;
            /**
             * @description `socket`: connected by WebSocket. `http`: called at its URL. `in-process` and `llm`: run on the worker, by its configuration.
             * @enum {string}
             */
            kind: "socket" | "http" | "in-process" | "llm";
            /**
             * @description Whether it can be given tasks as far as the registry knows.
             * @enum {string}
             */
            status: "connected" | "disconnected";
            /**
             * @description What an operator says; only `active` ones are given tasks.
             * @enum {string}
             */
            mode: "active" | "inactive" | "error";
            /**
             * @description What the agent says of itself.
             * @enum {string}
             */
            load: "available" | "busy" | "draining";
            capabilities: string[];
            region: string | null;
            /** @description Of an HTTP agent. */
            url: string | null;
            /** Format: date-time */
            registeredAt: string;
            connectedAt: string | null;
            disconnectedAt: string | null;
            lastHeartbeat: string | null;
            activeTasks: number;
            maxConcurrentTasks: number | null;
            /** @description Tasks that ended, well or badly. */
            tasksCompleted: number;
            metadata: {
                [key: string]: unknown;
            };
        };
        NewApiKey: {
            id: string;
            /** @description `*`: an operator, who may act in any tenant. */
            tenant: string;
            name: string;
            /** @description The beginning and the end of the key. */
            hint: string;
            scopes: string[];
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            expiresAt: string | null;
            revokedAt: string | null;
            /** @description To the minute. */
            lastUsedAt: string | null;
            rotatedFrom: string | null;
            /** @description The key, this once; null in the answer to a repeated request. */
            key: string | null;
        };
        NewHttpAgent: {
            /** @description Without it one is made. */
            id?: string;
            name: string;
            /** @description Tasks are posted to it. A public address, unless the operator allows private ones. */
            url: string;
            capabilities: string[];
            region?: string;
            /** @default {} */
            metadata?: {
                [key: string]: unknown;
            };
            /** @description Signs what is sent to the agent. It is never shown again. */
            secret?: string;
            maxConcurrentTasks?: number;
        };
        NewTrigger: {
            id: string;
            /** @enum {string} */
            type: "webhook" | "event";
            name: string;
            description: string | null;
            /** @enum {string} */
            status: "active" | "paused";
            /** @description Values of environment variables are never shown. */
            target: {
                /** @enum {string} */
                kind: "managed-thread" | "thread-message" | "pattern" | "run" | "script" | "thread";
                input: {
                    [key: string]: unknown;
                };
            };
            patternName: string | null;
            inputMapping: {
                [key: string]: string;
            };
            eventTypes: string[];
            eventFilter: {
                [key: string]: unknown;
            };
            /** @description Where an inbound webhook is sent to, below the address of this server. */
            webhookUrl: string | null;
            signatureScheme: ("timestamped" | "body") | null;
            replayWindowMs: number | null;
            metadata: {
                [key: string]: unknown;
            };
            firedCount: number;
            lastFiredAt: string | null;
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** @description The secret of an inbound webhook, this once; null in the answer to a repeated request. */
            secret: string | null;
        };
        NewWebhook: {
            id: string;
            url: string;
            description: string | null;
            events: string[];
            filters: {
                [key: string]: unknown;
            };
            enabled: boolean;
            /** @description Events of one actor are delivered one after the other: the next when the one before was taken or given up. */
            ordered: boolean;
            /** @description Milliseconds that a receiver has to answer. */
            timeout: number;
            /** @description Tries after the first, as far as the server has waits for them (by default 1 m, 5 m, 30 m, 2 h). */
            retries: number;
            /**
             * @description Of `X-Parallax-Signature`; `X-Everthread-Signature` is always `timestamped`.
             * @enum {string}
             */
            signatureScheme: "timestamped" | "body";
            metadata: {
                [key: string]: unknown;
            };
            headerNames: string[];
            statistics: {
                /** @description Deliveries that are over. */
                deliveriesTotal: number;
                deliveriesSucceeded: number;
                deliveriesFailed: number;
                /** @description Milliseconds that receivers took to answer what they took. */
                averageLatency: number | null;
            };
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** @description The secret, this once; null in the answer to a repeated request. */
            secret: string | null;
        };
        Pattern: {
            name: string;
            version: string;
            /**
             * @description `org-chart`: a definition with `structure` and `workflow`.
             * @enum {string}
             */
            kind: "pattern" | "org-chart";
            description: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** @description What the definition says besides name, version and description. */
            definition: {
                [key: string]: unknown;
            };
            /** @description The definition as it came. */
            source: string;
            /** @description SHA-256 in hex; equal for definitions that say the same. */
            digest: string;
            createdBy: string;
        };
        PatternInput: {
            /** @description As the definition says; anything else is refused. */
            name?: string;
            /** @description As the definition says; anything else is refused. */
            version?: string;
            /** @description Instead of the description in the definition. */
            description?: string;
            /** @description The definition as YAML; docs/patterns.md has the language. */
            definition: string;
        };
        PatternList: {
            patterns: components["schemas"]["PatternSummary"][];
            /** @description Of this page. */
            count: number;
            /** @description What the filter finds, on this page or not. */
            total: number;
            limit: number;
            offset: number;
            hasMore: boolean;
        };
        PatternMetrics: {
            pattern: string;
            total_executions: number;
            successful: number;
            failed: number;
            cancelled: number;
            in_progress: number;
            avg_duration_ms: number | null;
            avg_confidence: number | null;
        };
        PatternProblem: {
            /** @description Of a definition; counts from 1. */
            line?: number;
            /** @description Of a definition; counts from 1. */
            column?: number;
            path: string;
            message: string;
            expected: string;
        };
        PatternSummary: {
            name: string;
            version: string;
            /**
             * @description `org-chart`: a definition with `structure` and `workflow`.
             * @enum {string}
             */
            kind: "pattern" | "org-chart";
            description: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        PatternUpdate: {
            /** @description As the definition says; anything else is refused. */
            version?: string;
            /** @description Instead of the description in the definition. */
            description?: string;
            /** @description The definition as YAML; docs/patterns.md has the language. */
            definition: string;
        };
        PatternUpload: {
            filename: string;
            /** @description The definition as YAML; docs/patterns.md has the language. */
            content: string;
            /**
             * @description Whether a version that says something else is replaced.
             * @default false
             */
            overwrite?: boolean;
        };
        PatternUploadResults: {
            results: {
                filename: string;
                success: boolean;
                /** @description Of a file that was taken. */
                pattern?: components["schemas"]["PublishedPattern"];
                /** @description Why it was not. */
                error?: string;
                /** @description The code of that in docs/errors.md. */
                code?: string;
                /** @description All that is wrong in the definition. */
                errors?: components["schemas"]["PatternProblem"][];
            }[];
            total: number;
            successful: number;
            failed: number;
        };
        PatternValidity: {
            valid: boolean;
            errors: components["schemas"]["PatternProblem"][];
        };
        PatternVersions: {
            pattern: string;
            versions: {
                version: string;
                description: string;
                digest: string;
                createdBy: string;
                /** Format: date-time */
                createdAt: string;
                /** Format: date-time */
                updatedAt: string;
            }[];
        };
        PublishedPattern: {
            name: string;
            version: string;
            /** @description False: the version was there already. */
            created: boolean;
        };
        Schedule: {
            id: string;
            name: string;
            description: string | null;
            /**
             * @description `completed`: nothing is to come, because of endAt, of maxRuns, or because its times are over.
             * @enum {string}
             */
            status: "active" | "paused" | "completed";
            cron: string | null;
            intervalMs: number | null;
            /** @description As it was sent; null for a schedule by cron or interval. */
            calendar: unknown;
            timezone: string;
            startAt: string | null;
            endAt: string | null;
            jitterMs: number;
            /** @enum {string} */
            overlap: "skip" | "bufferOne" | "bufferAll" | "cancelOther" | "terminateOther" | "allowAll";
            catchupWindowMs: number;
            pauseOnFailure: boolean;
            maxRuns: number | null;
            retryPolicy: {
                maxRetries: number;
                retryDelayMs: number;
                backoffMultiplier: number;
            } | null;
            /** @description Values of environment variables are never shown: `envNames` has their names. */
            target: {
                /** @enum {string} */
                kind: "managed-thread" | "thread-message" | "pattern" | "run" | "script" | "thread";
                input: {
                    [key: string]: unknown;
                };
            };
            patternName: string | null;
            metadata: {
                [key: string]: unknown;
            };
            pauseReason: string | null;
            nextRunAt: string | null;
            /** @description When the last run was meant to be. */
            lastRunAt: string | null;
            lastRunStatus: ("pending" | "running" | "success" | "failure" | "skipped") | null;
            runCount: number;
            /** @description Times without a run, because the one before was still starting its target. */
            skippedRuns: number;
            /** @description Times without a run, because Temporal was away for longer than the catch-up window. */
            missedRuns: number;
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        ScheduleInput: {
            name: string;
            description?: string;
            /** @description Five fields, six with the second in front, or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`. */
            cron?: string;
            intervalMs?: number;
            calendar?: components["schemas"]["Calendar"] | components["schemas"]["Calendar"][];
            /**
             * @description In which cron and calendar are meant: a name of the IANA database.
             * @default UTC
             */
            timezone?: string;
            /** Format: date-time */
            startAt?: string;
            /** Format: date-time */
            endAt?: string;
            /**
             * @description Each run comes up to so much later.
             * @default 0
             */
            jitterMs?: number;
            /**
             * @description When the run before is still starting its target.
             * @default skip
             * @enum {string}
             */
            overlap?: "skip" | "bufferOne" | "bufferAll" | "cancelOther" | "terminateOther" | "allowAll";
            /**
             * @description Times that passed while Temporal was away are made up for when they are not older.
             * @default 3600000
             */
            catchupWindowMs?: number;
            /** @default false */
            pauseOnFailure?: boolean;
            /** @description Runs at their times; those by hand do not count. */
            maxRuns?: number;
            /** @description More tries when the target cannot be started now but may be later, as with a full queue. */
            retryPolicy?: {
                maxRetries: number;
                retryDelayMs: number;
                /** @default 1 */
                backoffMultiplier?: number;
            };
            target?: components["schemas"]["Target"];
            /** @description With `input`, another way to write a target of the kind `pattern`. */
            patternName?: string;
            input?: {
                [key: string]: unknown;
            };
            /** @default {} */
            metadata?: {
                [key: string]: components["schemas"]["Json"];
            };
        };
        ScheduleList: {
            schedules: components["schemas"]["Schedule"][];
            count: number;
            /** @description What the filter finds, on this page or not. */
            total: number;
            limit: number;
            offset: number;
            hasMore: boolean;
        };
        ScheduleRun: {
            /** @description The time that was meant, or `trigger-…` for a run by hand. Unique in its schedule. */
            id: string;
            scheduleId: string;
            /** @enum {string} */
            status: "pending" | "running" | "success" | "failure" | "skipped";
            /** Format: date-time */
            scheduledAt: string;
            startedAt: string | null;
            completedAt: string | null;
            /** @description What was started: for a thread, or a message to one, the id of the thread. */
            target: {
                /** @enum {string} */
                kind: "managed-thread" | "thread-message" | "pattern" | "run" | "script" | "thread";
                id: string;
            } | null;
            error: {
                code: string;
                message: string;
            } | null;
        };
        ScheduleRunList: {
            runs: components["schemas"]["ScheduleRun"][];
            count: number;
            /** @description What the filter finds, on this page or not. */
            total: number;
            limit: number;
            offset: number;
            hasMore: boolean;
        };
        StartedBatch: {
            batchId: string;
            pattern: {
                name: string;
                version: string;
            };
            /** @enum {string} */
            status: "running" | "completed" | "failed" | "cancelled";
            /** @description Inputs. */
            total: number;
            completed: number;
            failed: number;
            statusUrl: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            completedAt?: string;
            error?: {
                code: string;
                message: string;
            };
            cancelled?: {
                by: string;
                reason: string | null;
                /** Format: date-time */
                at: string;
            };
        };
        /** @description What is started. `managed-thread` takes the body of `POST /api/managed-threads` without `id`, `thread-message` takes `{threadId, message}`, `pattern` takes `{patternName, version, input, options}`; other kinds are not served yet. */
        Target: {
            /** @enum {string} */
            kind: "managed-thread" | "thread-message" | "pattern" | "run" | "script" | "thread";
            input: {
                [key: string]: unknown;
            };
        };
        Trigger: {
            id: string;
            /** @enum {string} */
            type: "webhook" | "event";
            name: string;
            description: string | null;
            /** @enum {string} */
            status: "active" | "paused";
            /** @description Values of environment variables are never shown. */
            target: {
                /** @enum {string} */
                kind: "managed-thread" | "thread-message" | "pattern" | "run" | "script" | "thread";
                input: {
                    [key: string]: unknown;
                };
            };
            patternName: string | null;
            inputMapping: {
                [key: string]: string;
            };
            eventTypes: string[];
            eventFilter: {
                [key: string]: unknown;
            };
            /** @description Where an inbound webhook is sent to, below the address of this server. */
            webhookUrl: string | null;
            signatureScheme: ("timestamped" | "body") | null;
            replayWindowMs: number | null;
            metadata: {
                [key: string]: unknown;
            };
            firedCount: number;
            lastFiredAt: string | null;
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** @description Its end only; null for event triggers. */
            secret: string | null;
        };
        TriggerChange: {
            name: string;
            /** @default null */
            description?: string | null;
            /** @description What is started; fields that `inputMapping` fills in may be left away. */
            target?: {
                /** @enum {string} */
                kind: "managed-thread" | "thread-message" | "pattern" | "run" | "script" | "thread";
                input: {
                    [key: string]: unknown;
                };
            };
            /** @description Another way to write a target of the kind `pattern`; `inputMapping` then fills in fields of the input of the pattern. */
            patternName?: string;
            input?: {
                [key: string]: unknown;
            };
            /**
             * @description Fields of the input of the target by dotted path, and where they come from: the path of a field (`body.issue.title`, `data.summary`), or a text with paths in `{{ }}`.
             * @default {}
             */
            inputMapping?: {
                [key: string]: string;
            };
            /** @default {} */
            metadata?: {
                [key: string]: components["schemas"]["Json"];
            };
            /** @enum {string} */
            signatureScheme?: "timestamped" | "body";
            replayWindowMs?: number;
            /** @description The name of an event (`thread.started`), a prefix (`thread.*`), or `*`. */
            eventType?: string;
            eventTypes?: string[];
            /** @description By the dotted path of a field of the event (`data.turnId`, `executionId`) or of its actor (`role`, `metadata.team`); all must hold. */
            eventFilter?: {
                [key: string]: components["schemas"]["EventCondition"];
            };
        };
        TriggerFiring: {
            id: string;
            triggerId: string;
            /** @enum {string} */
            status: "pending" | "started" | "failed";
            /** @description The id of the event, or of the request: the same source fires once. */
            source: string;
            target: {
                /** @enum {string} */
                kind: "managed-thread" | "thread-message" | "pattern" | "run" | "script" | "thread";
                id: string;
            } | null;
            error: {
                code: string;
                message: string;
            } | null;
            /** Format: date-time */
            createdAt: string;
            completedAt: string | null;
        };
        TriggerFiringList: {
            firings: components["schemas"]["TriggerFiring"][];
            count: number;
            /** @description What the filter finds, on this page or not. */
            total: number;
            limit: number;
            offset: number;
            hasMore: boolean;
        };
        TriggerList: {
            triggers: components["schemas"]["Trigger"][];
            count: number;
            /** @description What the filter finds, on this page or not. */
            total: number;
            limit: number;
            offset: number;
            hasMore: boolean;
        };
        /** @description `executionId` is the id of what was started; null while it is being started, and when it could not be. */
        TriggerReceived: {
            /** @constant */
            triggered: true;
            repeated: boolean;
            firingId: string;
            executionId: string | null;
            target: {
                /** @enum {string} */
                kind: "managed-thread" | "thread-message" | "pattern" | "run" | "script" | "thread";
                id: string;
            } | null;
            error: {
                code: string;
                message: string;
            } | null;
        };
        UploadedPattern: {
            pattern: components["schemas"]["PublishedPattern"];
            /** @constant */
            compiled: true;
        };
        Webhook: {
            id: string;
            url: string;
            description: string | null;
            events: string[];
            filters: {
                [key: string]: unknown;
            };
            enabled: boolean;
            /** @description Events of one actor are delivered one after the other: the next when the one before was taken or given up. */
            ordered: boolean;
            /** @description Milliseconds that a receiver has to answer. */
            timeout: number;
            /** @description Tries after the first, as far as the server has waits for them (by default 1 m, 5 m, 30 m, 2 h). */
            retries: number;
            /**
             * @description Of `X-Parallax-Signature`; `X-Everthread-Signature` is always `timestamped`.
             * @enum {string}
             */
            signatureScheme: "timestamped" | "body";
            metadata: {
                [key: string]: unknown;
            };
            headerNames: string[];
            statistics: {
                /** @description Deliveries that are over. */
                deliveriesTotal: number;
                deliveriesSucceeded: number;
                deliveriesFailed: number;
                /** @description Milliseconds that receivers took to answer what they took. */
                averageLatency: number | null;
            };
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** @description Its end only. */
            secret: string;
        };
        /** @description What is left away stays. */
        WebhookChange: {
            url?: string;
            description?: string | null;
            events?: string[];
            /** @description By the dotted path of a field of the event (`data.turnId`, `executionId`) or of its actor (`role`, `metadata.team`); all must hold. */
            filters?: {
                [key: string]: components["schemas"]["EventCondition"];
            };
            enabled?: boolean;
            /** @description Events of one actor are delivered one after the other: the next when the one before was taken or given up. */
            ordered?: boolean;
            /** @description Milliseconds that a receiver has to answer. */
            timeout?: number;
            /** @description Tries after the first, as far as the server has waits for them (by default 1 m, 5 m, 30 m, 2 h). */
            retries?: number;
            /**
             * @description Of `X-Parallax-Signature`; `X-Everthread-Signature` is always `timestamped`.
             * @enum {string}
             */
            signatureScheme?: "timestamped" | "body";
            metadata?: {
                [key: string]: components["schemas"]["Json"];
            };
            secret?: string;
            /** @description Sent with every delivery. Values are never shown again. */
            headers?: {
                [key: string]: string;
            };
        };
        WebhookDelivery: {
            id: string;
            webhookId: string;
            event: string;
            /** @description The same for every webhook that is told of it. */
            eventId: string;
            executionId: string | null;
            /** @enum {string} */
            status: "pending" | "delivered" | "failed" | "cancelled";
            attempts: number;
            /** @description The newest ones, oldest first. */
            tries: {
                /** Format: date-time */
                at: string;
                status: number | null;
                error: string | null;
                durationMs: number;
            }[];
            /** Format: date-time */
            createdAt: string;
            nextAttemptAt: string | null;
            completedAt: string | null;
            /** @description What is sent. */
            payload: unknown;
        };
        WebhookDeliveryList: {
            deliveries: {
                id: string;
                webhookId: string;
                event: string;
                /** @description The same for every webhook that is told of it. */
                eventId: string;
                executionId: string | null;
                /** @enum {string} */
                status: "pending" | "delivered" | "failed" | "cancelled";
                attempts: number;
                /** @description The newest ones, oldest first. */
                tries: {
                    /** Format: date-time */
                    at: string;
                    status: number | null;
                    error: string | null;
                    durationMs: number;
                }[];
                /** Format: date-time */
                createdAt: string;
                nextAttemptAt: string | null;
                completedAt: string | null;
            }[];
            count: number;
            /** @description What the filter finds, on this page or not. */
            total: number;
            limit: number;
            offset: number;
            hasMore: boolean;
        };
        WebhookInput: {
            url: string;
            /** @default null */
            description?: string | null;
            events: string[];
            /**
             * @description By the dotted path of a field of the event (`data.turnId`, `executionId`) or of its actor (`role`, `metadata.team`); all must hold.
             * @default {}
             */
            filters?: {
                [key: string]: components["schemas"]["EventCondition"];
            };
            /** @default true */
            enabled?: boolean;
            /**
             * @description Events of one actor are delivered one after the other: the next when the one before was taken or given up.
             * @default false
             */
            ordered?: boolean;
            /**
             * @description Milliseconds that a receiver has to answer.
             * @default 30000
             */
            timeout?: number;
            /**
             * @description Tries after the first, as far as the server has waits for them (by default 1 m, 5 m, 30 m, 2 h).
             * @default 4
             */
            retries?: number;
            /**
             * @description Of `X-Parallax-Signature`; `X-Everthread-Signature` is always `timestamped`.
             * @default timestamped
             * @enum {string}
             */
            signatureScheme?: "timestamped" | "body";
            /** @default {} */
            metadata?: {
                [key: string]: components["schemas"]["Json"];
            };
            /** @description Left away, one is made. */
            secret?: string;
            /** @description Sent with every delivery. Values are never shown again. */
            headers?: {
                [key: string]: string;
            };
        };
        WebhookList: {
            webhooks: components["schemas"]["Webhook"][];
            count: number;
            /** @description What the filter finds, on this page or not. */
            total: number;
            limit: number;
            offset: number;
            hasMore: boolean;
        };
        WebhookTriggerInput: {
            name: string;
            /** @default null */
            description?: string | null;
            /** @description What is started; fields that `inputMapping` fills in may be left away. */
            target?: {
                /** @enum {string} */
                kind: "managed-thread" | "thread-message" | "pattern" | "run" | "script" | "thread";
                input: {
                    [key: string]: unknown;
                };
            };
            /** @description Another way to write a target of the kind `pattern`; `inputMapping` then fills in fields of the input of the pattern. */
            patternName?: string;
            input?: {
                [key: string]: unknown;
            };
            /**
             * @description Fields of the input of the target by dotted path, and where they come from: the path of a field (`body.issue.title`, `data.summary`), or a text with paths in `{{ }}`.
             * @default {}
             */
            inputMapping?: {
                [key: string]: string;
            };
            /** @default {} */
            metadata?: {
                [key: string]: components["schemas"]["Json"];
            };
            /**
             * @description `body`: the body alone is signed, as GitHub does it.
             * @default timestamped
             * @enum {string}
             */
            signatureScheme?: "timestamped" | "body";
            /**
             * @description How far away a signed time may be.
             * @default 300000
             */
            replayWindowMs?: number;
            /** @description Left away, one is made. */
            secret?: string;
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
    getHealth: {
        parameters: {
            query?: {
                /** @description `true`: what each check says, and numbers. Needs the scope `metrics:read`. */
                detailed?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Also while it is `degraded` or `unhealthy`: `/api/health/ready` is for those who look at the status only. */
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
                    "application/json": components["schemas"]["Health"];
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
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The text exposition format. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
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
    listAuthKeys: {
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
            /** @description A page of keys, revoked and expired ones among them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: components["schemas"]["ApiKey"][];
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
    createAuthKey: {
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
                "application/json": components["schemas"]["CreateApiKey"];
            };
        };
        responses: {
            /** @description The key. It is never shown again. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewApiKey"];
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
    getAuthKey: {
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
            /** @description The key. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
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
    deleteAuthKey: {
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
            /** @description It is revoked, perhaps for a while already. */
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
    rotateAuthKey: {
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
                    /**
                     * @description For so long the old one stays valid beside the new one.
                     * @default 0
                     */
                    graceSeconds?: number;
                };
            };
        };
        responses: {
            /** @description The new key. It is never shown again. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewApiKey"];
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
    listAudit: {
        parameters: {
            query?: {
                /** @description The subject. */
                userId?: string;
                action?: string;
                /** @description The type of the resource. */
                resource?: string;
                resourceId?: string;
                /** @description The outcome. */
                status?: "unknown" | "succeeded" | "refused" | "failed";
                /** @description At or after. */
                startDate?: string;
                /** @description Before. */
                endDate?: string;
                /** @description Entries of no tenant instead: credentials that nobody knows. For operators. */
                unattributed?: "true" | "false";
                limit?: number;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of entries. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        logs: components["schemas"]["AuditEntry"][];
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
    listSchedules: {
        parameters: {
            query?: {
                status?: "active" | "paused" | "completed";
                patternName?: string;
                limit?: number;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of schedules, each as Temporal has it now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleList"];
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
    createSchedule: {
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
                "application/json": components["schemas"]["ScheduleInput"];
            };
        };
        responses: {
            /** @description The schedule. The credential must hold the scope of its target too. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedule"];
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
    getSchedule: {
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
            /** @description The schedule as Temporal has it now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedule"];
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
    replaceSchedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScheduleInput"];
            };
        };
        responses: {
            /** @description The schedule. What was paused stays paused; what the body leaves away has its default again. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedule"];
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
    deleteSchedule: {
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
            /** @description It is gone. What it started lives on. */
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
    listPatterns: {
        parameters: {
            query?: {
                /** @description A part of the name or of the description. */
                search?: string;
                limit?: number;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of patterns. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PatternList"];
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
    createPattern: {
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
                "application/json": components["schemas"]["PatternInput"];
                "application/x-yaml": string;
                "application/yaml": string;
                "text/yaml": string;
                "text/x-yaml": string;
            };
        };
        responses: {
            /** @description The version. One that is there already and says the same is answered in the same way. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "content-classifier",
                     *       "version": "1.0.0",
                     *       "created": true
                     *     }
                     */
                    "application/json": components["schemas"]["PublishedPattern"];
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
    uploadPattern: {
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
                "application/json": components["schemas"]["PatternUpload"];
            };
        };
        responses: {
            /** @description The version. `created` is false when it was there already. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadedPattern"];
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
    uploadPatterns: {
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
                "application/json": {
                    files: {
                        filename: string;
                        content: string;
                    }[];
                    /** @default false */
                    overwrite?: boolean;
                };
            };
        };
        responses: {
            /** @description What became of each file, in their order. Sent again, it does nothing more. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PatternUploadResults"];
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
    getPattern: {
        parameters: {
            query?: {
                /** @description A version, a range such as `1.x` or `^1`, or `latest`. Without it the newest. */
                version?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The version that was asked for; of a range the highest. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pattern"];
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
    updatePattern: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PatternUpdate"];
                "application/x-yaml": string;
                "application/yaml": string;
                "text/yaml": string;
                "text/x-yaml": string;
            };
        };
        responses: {
            /** @description The version. `created` is false when it was there already and says the same. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublishedPattern"];
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
    deletePattern: {
        parameters: {
            query?: {
                /** @description Exactly this version. Without it all. */
                version?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How many versions are gone. What runs goes on: an execution has its own copy. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        deleted: true;
                        versionsRemoved: number;
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
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    listPatternVersions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of its versions, in the order of semantic versions; at most 500. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PatternVersions"];
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
    validatePattern: {
        parameters: {
            query?: {
                /** @description A version, a range such as `1.x` or `^1`, or `latest`. Without it the newest. */
                version?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description An input, held against the schema of the pattern. */
                    input?: components["schemas"]["Json"];
                    /** @description A definition, which is read and compiled, and not kept. */
                    definition?: string;
                };
            };
        };
        responses: {
            /** @description Whether it is valid, and everything that is wrong. Nothing is run and nothing is kept. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "valid": true,
                     *       "errors": []
                     *     }
                     */
                    "application/json": components["schemas"]["PatternValidity"];
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
    getPatternMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Over all executions of the pattern that are kept, in any of its versions. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PatternMetrics"];
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
    pauseSchedule: {
        parameters: {
            query?: never;
            header?: never;
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
            /** @description The paused schedule. Pausing it again changes nothing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedule"];
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
    resumeSchedule: {
        parameters: {
            query?: never;
            header?: never;
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
            /** @description The active schedule. Times that passed meanwhile are not made up for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedule"];
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
    triggerSchedule: {
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
            /** @description The run, which has been begun; `GET …/runs` says what became of it. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleRun"];
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
    listScheduleRuns: {
        parameters: {
            query?: {
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
            /** @description A page of its runs, of which the newest 1,000 are kept. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleRunList"];
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
    executePattern: {
        parameters: {
            query?: {
                /** @description A version such as `1.2.0` or a range such as `1.x`; without it the newest. */
                version?: string;
                /** @description Answer at once with the address to ask. */
                async?: "true" | "false";
            };
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ExecuteInput"];
            };
        };
        responses: {
            /** @description The execution has ended: `completed` with a result, `failed` with an error, or `cancelled`. Without enough agents the answer is NO_AGENTS, over its time TIMEOUT. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Executed"];
                };
            };
            /** @description With `async=true`: it has been accepted. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedExecution"];
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
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    streamPattern: {
        parameters: {
            query?: {
                /** @description A version such as `1.2.0` or a range such as `1.x`; without it the newest. */
                version?: string;
                /** @description `all`: every event of the journal instead of started, agent_result and the end alone. */
                events?: "all";
            };
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
                /** @description Where a stream resumes; browsers send it by themselves. */
                "Last-Event-ID"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ExecuteInput"];
            };
        };
        responses: {
            /** @description `started`, `agent_result` for each answer, and at the end `completed`, `failed` or `cancelled`. A client that goes away does not end the execution: `GET /api/executions/{id}/events` goes on, and so does this request, sent again with its Idempotency-Key and Last-Event-ID. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description To a repeated request: the execution has ended and everything was read. */
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
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongContentType"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    listExecutions: {
        parameters: {
            query?: {
                pattern?: string;
                status?: "pending" | "running" | "completed" | "failed" | "cancelled";
                /** @description Accepted at or after. */
                since?: string;
                /** @description Accepted before. */
                until?: string;
                /** @description Those of this batch. */
                batch?: string;
                /** @description Sub-patterns of this execution. */
                parent?: string;
                limit?: number;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of executions; `total` counts all that the filter finds. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionList"];
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
    createExecution: {
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
                "application/json": components["schemas"]["CreateExecution"];
            };
        };
        responses: {
            /** @description It has been accepted. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedExecution"];
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
    executionSummary: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Over all executions of the tenant. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionSummary"];
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
    executionsByHour: {
        parameters: {
            query?: {
                hours?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The last hours (UTC), oldest first; those without an execution too. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionsByHour"];
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
    executionsByDay: {
        parameters: {
            query?: {
                days?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The last days (UTC), oldest first; those without an execution too. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionsByDay"];
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
    getExecution: {
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
            /** @description The execution, with what each agent answered. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Execution"];
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
    readExecutionEvents: {
        parameters: {
            query?: {
                /** @description Only events with a greater seq. */
                after?: number;
                limit?: number;
                /** @description Only these types. May be given several times. */
                type?: ("started" | "agents_selected" | "agent_started" | "agent_result" | "agent_failed" | "progress" | "retrying" | "step_started" | "step_completed" | "step_skipped" | "step_failed" | "step_confidence" | "thread_spawned" | "turn_started" | "turn_completed" | "thread_blocked" | "thread_unblocked" | "question_routed" | "workspace_finalizing" | "workspace_pr_created" | "workspace_finalize_failed" | "subpattern_started" | "subpattern_ended" | "approval_requested" | "approval_overdue" | "approval_given" | "result_kept" | "threads_stopped" | "timeout" | "completed" | "failed" | "cancelled" | "command_refused")[];
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
            /** @description A page of events, oldest first; or with `Accept: text/event-stream` history from `after` on and then what happens, until the execution ends. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionEventList"];
                    "text/event-stream": string;
                };
            };
            /** @description To a stream: the execution has ended and everything was read. Browsers stop to reconnect. */
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
    streamExecutionEvents: {
        parameters: {
            query?: {
                /** @description Only events with a greater seq. */
                after?: number;
                limit?: number;
                /** @description Only these types. May be given several times. */
                type?: ("started" | "agents_selected" | "agent_started" | "agent_result" | "agent_failed" | "progress" | "retrying" | "step_started" | "step_completed" | "step_skipped" | "step_failed" | "step_confidence" | "thread_spawned" | "turn_started" | "turn_completed" | "thread_blocked" | "thread_unblocked" | "question_routed" | "workspace_finalizing" | "workspace_pr_created" | "workspace_finalize_failed" | "subpattern_started" | "subpattern_ended" | "approval_requested" | "approval_overdue" | "approval_given" | "result_kept" | "threads_stopped" | "timeout" | "completed" | "failed" | "cancelled" | "command_refused")[];
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
            /** @description As `GET …/events` with `Accept: text/event-stream`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description The execution has ended and everything was read. */
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
    cancelExecution: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CancelExecution"];
            };
        };
        responses: {
            /** @description It is cancelled: its agents are told, its sub-patterns and threads are stopped. Cancelling again shows the first cancellation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        executionId: string;
                        /** @constant */
                        status: "cancelled";
                        /** Format: date-time */
                        cancelledAt?: string;
                        reason?: string;
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
    approveExecution: {
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
                "application/json": components["schemas"]["ApproveExecution"];
            };
        };
        responses: {
            /** @description The answer. Answering again changes nothing and shows the first one. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        executionId: string;
                        approvalId?: string;
                        approve?: boolean;
                        answeredBy?: string;
                        /** Format: date-time */
                        answeredAt?: string;
                        repeated?: boolean;
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
    retryExecution: {
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
            /** @description A new execution of the plan that the first one had. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        originalExecutionId: string;
                        newExecutionId: string;
                        status: string;
                        statusUrl: string;
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
    executeBatch: {
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
                "application/json": components["schemas"]["BatchInput"];
            };
        };
        responses: {
            /** @description It has been accepted, and goes on without its caller. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedBatch"];
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
    getBatch: {
        parameters: {
            query?: {
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
            /** @description The batch. Each result is that of the execution at its address (`/api/executions/exec_%E2%80%A6`), without what its agents said. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
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
    cancelBatch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CancelExecution"];
            };
        };
        responses: {
            /** @description It is cancelled: executions in hand are cancelled too, the rest is not started. Cancelling again shows the first cancellation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        batchId: string;
                        /** @constant */
                        status: "cancelled";
                        /** Format: date-time */
                        cancelledAt?: string;
                        /** @constant */
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
    readBatchEvents: {
        parameters: {
            query?: {
                /** @description Only events with a greater seq. */
                after?: number;
                limit?: number;
                type?: ("started" | "item_ended" | "completed" | "failed" | "cancelled" | "command_refused")[];
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
            /** @description A page of events, oldest first; or with `Accept: text/event-stream` history from `after` on and then what happens, until the batch ends. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchEventList"];
                    "text/event-stream": string;
                };
            };
            /** @description To a stream: the batch has ended and everything was read. */
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
    listAgents: {
        parameters: {
            query?: {
                status?: "connected" | "disconnected";
                /** @description Names separated by commas; an agent must have all of them. */
                capabilities?: string;
                region?: string;
                limit?: number;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of agents. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentList"];
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
    registerAgent: {
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
                "application/json": components["schemas"]["NewHttpAgent"];
            };
        };
        responses: {
            /** @description The agent. It may be given tasks at once. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Agent"];
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
    deleteStaleAgents: {
        parameters: {
            query: {
                /** @description Says that this is meant. */
                stale: "true";
                /** @description Seconds since they were last there. */
                threshold?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Those that are gone, with their statistics: at most 1,000 at a time. Agents of the configuration stay. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        deleted: number;
                        agents: string[];
                    };
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    listCapabilities: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Capabilities by name, the first 1,000. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        capabilities: {
                            capability: string;
                            agents: number;
                            connected: number;
                        }[];
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
    getAgent: {
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
            /** @description The agent. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Agent"];
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
    deleteAgent: {
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
            /** @description It is gone. One that connects again is a new agent. */
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
    disconnectAgent: {
        parameters: {
            query?: never;
            header?: never;
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
            /** @description It is given no more tasks; its socket is closed, and what it had in hand goes to others. Disconnecting it again changes nothing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @constant */
                        disconnected: true;
                        /** Format: date-time */
                        disconnectedAt: string;
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
    setAgentStatus: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    status: "active" | "inactive" | "error";
                };
            };
        };
        responses: {
            /** @description The agent. What it has in hand goes on. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Agent"];
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
    getAgentHealth: {
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
            /** @description Of an agent that connects: whether it gave a sign of life in time. An HTTP agent is called. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        agentId: string;
                        /** @enum {string} */
                        status: "healthy" | "unhealthy";
                        /** Format: date-time */
                        timestamp: string;
                        error?: string;
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
    testAgent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Instructions. */
                    task?: string;
                    /** @description The input. */
                    data?: unknown;
                    /** @description Without it the first that the agent has. */
                    capability?: string;
                    /** @default 30000 */
                    timeoutMs?: number;
                };
            };
        };
        responses: {
            /** @description What became of the task. A task that failed is an answer too. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentTestResult"];
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
    listWebhooks: {
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
            /** @description A page of webhooks, without their secrets. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookList"];
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
    createWebhook: {
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
                "application/json": components["schemas"]["WebhookInput"];
            };
        };
        responses: {
            /** @description The webhook. Its secret is never shown again. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhook"];
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
    getWebhook: {
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
            /** @description The webhook, without its secret, and how its deliveries went. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
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
    deleteWebhook: {
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
            /** @description It is gone; nothing more is sent. */
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
    changeWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["WebhookChange"];
            };
        };
        responses: {
            /** @description The webhook. Deliveries that are under way follow the change; those of a disabled webhook end. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
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
    rotateWebhookSecret: {
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
                    /**
                     * @description For so long the old one stays valid beside the new one.
                     * @default 0
                     */
                    graceSeconds?: number;
                };
            };
        };
        responses: {
            /** @description The webhook with its new secret, this once. During the grace both secrets sign. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhook"];
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
    testWebhook: {
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
            /** @description The delivery of an event `webhook.test`, which is tried once. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
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
    listDeliveries: {
        parameters: {
            query?: {
                status?: "pending" | "delivered" | "failed" | "cancelled";
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
            /** @description A page of its deliveries, of which the newest 1,000 are kept. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryList"];
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
    getDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                deliveryId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery, with what it sends and what its tries came to. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
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
    redeliver: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
                deliveryId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description The delivery, which is tried now and then as at first. The event and the delivery keep their ids. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
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
    retryDelivery: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
                deliveryId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description The delivery, which is tried now and then as at first. The event and the delivery keep their ids. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
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
    listTriggers: {
        parameters: {
            query?: {
                type?: "webhook" | "event";
                status?: "active" | "paused";
                limit?: number;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of triggers, without their secrets. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TriggerList"];
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
    createWebhookTrigger: {
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
                "application/json": components["schemas"]["WebhookTriggerInput"];
            };
        };
        responses: {
            /** @description The trigger, with its address and, this once, its secret. The credential must hold the scope of its target too. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewTrigger"];
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
    createEventTrigger: {
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
                "application/json": components["schemas"]["EventTriggerInput"];
            };
        };
        responses: {
            /** @description The trigger. The credential must hold the scope of its target too. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewTrigger"];
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
    getTrigger: {
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
            /** @description The trigger, without its secret. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trigger"];
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
    replaceTrigger: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TriggerChange"];
            };
        };
        responses: {
            /** @description The trigger. Type, address and secret stay; what the body leaves away has its default again. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trigger"];
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
    deleteTrigger: {
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
            /** @description It is gone. What it started lives on. */
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
    pauseTrigger: {
        parameters: {
            query?: never;
            header?: never;
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
            /** @description The paused trigger: requests are refused, events pass by. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trigger"];
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
    resumeTrigger: {
        parameters: {
            query?: never;
            header?: never;
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
            /** @description The active trigger. What happened meanwhile is not made up for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trigger"];
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
    rotateTriggerSecret: {
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
                    /**
                     * @description For so long the old one stays valid beside the new one.
                     * @default 0
                     */
                    graceSeconds?: number;
                };
            };
        };
        responses: {
            /** @description The trigger with its new secret, this once. During the grace both are taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewTrigger"];
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
    listFirings: {
        parameters: {
            query?: {
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
            /** @description A page of its firings, of which the newest 1,000 are kept. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TriggerFiringList"];
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
    receiveTrigger: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                path: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "*/*": unknown;
            };
        };
        responses: {
            /** @description What was started. The same signed request again answers the same and starts nothing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TriggerReceived"];
                };
            };
            /** @description It is being started; the firings of the trigger say what became of it. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TriggerReceived"];
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
    connectAgent: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
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
            409: components["responses"]["Conflict"];
            426: components["responses"]["UpgradeRequired"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
}
