/** Written by `npm run docs` from docs/openapi; do not edit. */
export interface paths {
    "/v1/scriptum/scripts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List scripts by name */
        get: operations["listScripts"];
        put?: never;
        /** Create a script: a name, under which versions are published */
        post: operations["createScript"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/scripts/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a script */
        get: operations["getScript"];
        put?: never;
        post?: never;
        /** Delete a script with its versions and its environment; its threads stay */
        delete: operations["deleteScript"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/scripts/{name}/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the draft of a script */
        get: operations["getDraftInfo"];
        put?: never;
        /** Save the draft of a script, also one that has mistakes */
        post: operations["saveScriptDraft"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/scripts/{name}/draft/compile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Compile the draft of a script: its representations, its contract, and what is wrong with it */
        post: operations["compileScriptDraft"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/scripts/{name}/draft/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run the draft of a script as a thread of version 0 */
        post: operations["testScriptDraft"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/scripts/{name}/draft/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Publish the draft of a script as its next version, which never changes */
        post: operations["publishScriptDraft"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/scripts/{name}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a version of a script the active one again */
        post: operations["rollbackScript"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/scripts/{name}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the versions of a script, newest first */
        get: operations["listScriptVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/scripts/{name}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a version of a script with its contract */
        get: operations["getScriptVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/scripts/{name}/code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the text of a version of a script */
        get: operations["getScriptCode"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/scripts/{name}/code/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the text of a version of a script */
        get: operations["getScriptCodeByVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/threads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List threads, newest first */
        get: operations["listThreads"];
        put?: never;
        /** Start a thread: one execution of a published script */
        post: operations["createThread"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/threads/{threadId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a thread: its status, its live step, what it waits for */
        get: operations["getThread"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/threads/{threadId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a thread; what it does is interrupted */
        post: operations["cancelThread"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/threads/{threadId}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Answer what a thread asks, or correct the input of the step that failed */
        post: operations["resumeThread"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/threads/{threadId}/watch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow a thread: everything that happened, then what happens, until it has ended */
        get: operations["watchThread"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/threads/{threadId}/steps/{stepPath}/watch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow one step of a thread: a snapshot, then what happens, until it has ended */
        get: operations["watchStep"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/threads/{threadId}/result": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read what a thread, or one of its steps, has come to */
        get: operations["getThreadResult"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/threads/{threadId}/result/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the whole output of a thread, in chunks */
        get: operations["streamThreadResult"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/threads/{threadId}/steps/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the whole output of a step, in chunks */
        get: operations["streamStepResult"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/threads/{threadId}/artifacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the artifacts of a thread, with addresses to fetch them for a while */
        get: operations["listArtifacts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/tools": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the tools that scripts can import */
        get: operations["listTools"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/env": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the variables of the tenant by key; what is secret is masked */
        get: operations["listEnvVars"];
        /** Set a variable of the tenant */
        put: operations["setEnvVar"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/env/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a variable of the tenant with its value */
        get: operations["getEnvVar"];
        put?: never;
        post?: never;
        /** Delete a variable of the tenant */
        delete: operations["deleteEnvVar"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/env/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set many variables of the tenant, or none */
        post: operations["importEnvVars"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/scripts/{name}/env": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the environment of a script; what is secret is masked */
        get: operations["getScriptEnv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change what a script lays over the environment of the tenant */
        patch: operations["updateScriptEnv"];
        trace?: never;
    };
    "/v1/scriptum/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List templates of scripts */
        get: operations["listTemplates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/templates/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a template */
        get: operations["getTemplate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the service serves */
        get: operations["healthCheck"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scriptum/downloads/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Fetch an artifact by the address that ListArtifacts gave out */
        get: operations["downloadArtifact"];
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
        ScriptumAnswerRefused: {
            stepPath: string;
            label: string;
            attempt: number;
            retriesLeft: number;
            code: string;
            message: string;
            by: string;
        };
        ScriptumArtifact: {
            artifactId: string;
            stepPath: string;
            name: string;
            mediaType: string;
            sizeBytes: string;
            createdAtMs: string;
            downloadUrl: string;
            downloadExpiresAtMs: string;
        };
        ScriptumArtifactKept: {
            stepPath: string;
            label: string;
            artifactId: string;
            name: string;
            mediaType: string;
            sizeBytes: string;
        };
        ScriptumCancelRequested: {
            by: string;
            reason: string;
        };
        ScriptumCommandRefused: {
            command: string;
            requestId: string;
            code: string;
            message: string;
        };
        ScriptumCompileScriptDraftResponse: {
            ok: boolean;
            astJson: string;
            irYaml: string;
            irJson: string;
            contract?: components["schemas"]["ScriptumScriptContract"];
            toolsRequired: components["schemas"]["ScriptumToolReference"][];
            diagnostics: components["schemas"]["ScriptumDiagnostic"][];
        };
        ScriptumDecisionMade: {
            stepPath: string;
            label: string;
            by: string;
            choice: string;
            reason: string;
        };
        ScriptumDeleteEnvVarResponse: Record<string, never>;
        ScriptumDeleteScriptResponse: Record<string, never>;
        ScriptumDiagnostic: {
            file: string;
            line: number;
            column: number;
            /** @enum {string} */
            severity: "SEVERITY_UNSPECIFIED" | "ERROR" | "WARNING" | "INFO";
            message: string;
            hint: string;
        };
        ScriptumEnumType: {
            name: string;
            values: string[];
        };
        ScriptumEnvVar: {
            key: string;
            value: string;
            secret: boolean;
            description: string;
            /** @enum {string} */
            origin: "ORIGIN_UNSPECIFIED" | "TENANT" | "SCRIPT";
            updatedAtMs: string;
        };
        ScriptumField: {
            name: string;
            type: string;
            optional: boolean;
            defaultValue: string;
        };
        ScriptumGetScriptCodeResponse: {
            scriptName: string;
            version: number;
            content: string;
            format: string;
            hash: string;
            irJson: string;
        };
        ScriptumGetScriptEnvResponse: {
            variables: components["schemas"]["ScriptumEnvVar"][];
        };
        ScriptumGetThreadResultResponse: {
            thread?: components["schemas"]["ScriptumThread"];
            outputData: string;
            outputTotalBytes: string;
            outputTruncated: boolean;
            steps: components["schemas"]["ScriptumStepSummary"][];
            stepsTruncated: boolean;
            stepDetails: components["schemas"]["ScriptumStep"][];
            yieldedValues: components["schemas"]["ScriptumJsonValue"][];
            totalYielded: string;
            yieldsTruncated: boolean;
        };
        ScriptumHealthCheckResponse: {
            /** @enum {string} */
            status: "STATUS_UNSPECIFIED" | "SERVING" | "NOT_SERVING";
            version: string;
        };
        ScriptumImportEnvVarsResponse: {
            imported: string[];
            skipped: string[];
        };
        ScriptumItemsProgressed: {
            stepPath: string;
            label: string;
            done: string;
            of?: string;
        };
        ScriptumJsonValue: {
            json: string;
            totalBytes: string;
            truncated: boolean;
        };
        ScriptumLabel: {
            key: string;
            values: string[];
        };
        ScriptumListArtifactsResponse: {
            artifacts: components["schemas"]["ScriptumArtifact"][];
            nextPageToken: string;
        };
        ScriptumListEnvVarsResponse: {
            variables: components["schemas"]["ScriptumEnvVar"][];
            nextPageToken: string;
        };
        ScriptumListScriptVersionsResponse: {
            versions: components["schemas"]["ScriptumScriptVersion"][];
            nextPageToken: string;
        };
        ScriptumListScriptsResponse: {
            scripts: components["schemas"]["ScriptumScript"][];
            nextPageToken: string;
            totalSize: number;
        };
        ScriptumListTemplatesResponse: {
            templates: components["schemas"]["ScriptumTemplate"][];
        };
        ScriptumListThreadsResponse: {
            threads: components["schemas"]["ScriptumThread"][];
            nextPageToken: string;
        };
        ScriptumListToolsResponse: {
            tools: components["schemas"]["ScriptumTool"][];
        };
        ScriptumModelCalled: {
            stepPath: string;
            label: string;
            model: string;
            tokensIn: string;
            tokensOut: string;
            latencyMs: string;
        };
        ScriptumOutputChunk: {
            chunkIndex: number;
            data: string;
            isFinal: boolean;
        };
        ScriptumPause: {
            stepPath: string;
            label: string;
            /** @enum {string} */
            kind: "KIND_UNSPECIFIED" | "ASK" | "ERROR";
            sinceMs: string;
            prompt: string;
            type: string;
            optionsJson: string;
            defaultJson: string;
            attempt: number;
            retriesLeft: number;
            expiresAtMs: string;
            refused: string;
            primitive: string;
            error?: components["schemas"]["ScriptumStepError"];
        };
        ScriptumResultPart: {
            meta?: components["schemas"]["ScriptumThreadOutputMeta"];
            chunk?: components["schemas"]["ScriptumOutputChunk"];
        };
        ScriptumScript: {
            name: string;
            description: string;
            tags: string[];
            labels: components["schemas"]["ScriptumLabel"][];
            /** @enum {string} */
            status: "STATUS_UNSPECIFIED" | "CREATED" | "DRAFT" | "ACTIVE" | "DISABLED" | "ARCHIVED";
            activeVersion: number;
            latestVersion: number;
            hasDraft: boolean;
            createdBy: string;
            createdAtMs: string;
            updatedAtMs: string;
        };
        ScriptumScriptContract: {
            input: components["schemas"]["ScriptumField"][];
            output: components["schemas"]["ScriptumField"][];
            stream: components["schemas"]["ScriptumField"][];
            hasStream: boolean;
            env: components["schemas"]["ScriptumField"][];
            enums: components["schemas"]["ScriptumEnumType"][];
        };
        ScriptumScriptDraft: {
            scriptName: string;
            content: string;
            format: string;
            /** @enum {string} */
            status: "STATUS_UNSPECIFIED" | "DRAFT" | "COMPILING" | "COMPILED" | "ACTIVE" | "SUPERSEDED" | "FAILED";
            diagnostics: components["schemas"]["ScriptumDiagnostic"][];
            hash: string;
            savedBy: string;
            savedAtMs: string;
        };
        ScriptumScriptVersion: {
            scriptName: string;
            version: number;
            /** @enum {string} */
            status: "STATUS_UNSPECIFIED" | "DRAFT" | "COMPILING" | "COMPILED" | "ACTIVE" | "SUPERSEDED" | "FAILED";
            format: string;
            contract?: components["schemas"]["ScriptumScriptContract"];
            toolsRequired: components["schemas"]["ScriptumToolReference"][];
            hash: string;
            notes: string;
            publishedBy: string;
            publishedAtMs: string;
        };
        ScriptumStatus: {
            /** @description The number of google.rpc.Code. */
            code: number;
            /** @description What is wrong, for people. */
            message: string;
            /**
             * @description The name of that code.
             * @enum {string}
             */
            status: "INVALID_ARGUMENT" | "DEADLINE_EXCEEDED" | "NOT_FOUND" | "ALREADY_EXISTS" | "PERMISSION_DENIED" | "RESOURCE_EXHAUSTED" | "FAILED_PRECONDITION" | "UNIMPLEMENTED" | "INTERNAL" | "UNAVAILABLE" | "UNAUTHENTICATED";
            /** @description An ErrorInfo first: its `reason`, and in `metadata.code` the precise code of docs/errors.md. */
            details: ({
                "@type": string;
            } & {
                [key: string]: unknown;
            })[];
        };
        ScriptumStep: {
            stepPath: string;
            name: string;
            primitive: string;
            tool: string;
            /** @enum {string} */
            status: "STATUS_UNSPECIFIED" | "RUNNING" | "PAUSED" | "COMPLETED" | "FAILED" | "CANCELLED";
            attempt: number;
            startedAtMs: string;
            endedAtMs: string;
            durationMs: string;
            input?: components["schemas"]["ScriptumJsonValue"];
            output?: components["schemas"]["ScriptumJsonValue"];
            error?: components["schemas"]["ScriptumStepError"];
            executionId: string;
            tokensIn: string;
            tokensOut: string;
        };
        ScriptumStepCompleted: {
            stepPath: string;
            label: string;
            input?: components["schemas"]["ScriptumJsonValue"];
            output?: components["schemas"]["ScriptumJsonValue"];
            durationMs: string;
            executionId: string;
            tokensIn: string;
            tokensOut: string;
        };
        ScriptumStepError: {
            code: string;
            message: string;
            stepPath: string;
            label: string;
            tool: string;
        };
        ScriptumStepEvent: {
            sequence: string;
            atMs: string;
            threadId: string;
            stepPath: string;
            snapshot?: components["schemas"]["ScriptumStep"];
            started?: components["schemas"]["ScriptumStepStarted"];
            decision?: components["schemas"]["ScriptumDecisionMade"];
            done?: components["schemas"]["ScriptumStepCompleted"];
            failed?: components["schemas"]["ScriptumStepFailed"];
            paused?: components["schemas"]["ScriptumThreadPaused"];
            resumed?: components["schemas"]["ScriptumThreadResumed"];
            answerRefused?: components["schemas"]["ScriptumAnswerRefused"];
            modelCalled?: components["schemas"]["ScriptumModelCalled"];
            itemsProgressed?: components["schemas"]["ScriptumItemsProgressed"];
            valueYielded?: components["schemas"]["ScriptumValueYielded"];
            artifactKept?: components["schemas"]["ScriptumArtifactKept"];
        };
        ScriptumStepFailed: {
            stepPath: string;
            label: string;
            input?: components["schemas"]["ScriptumJsonValue"];
            error?: components["schemas"]["ScriptumStepError"];
            unknown: boolean;
            durationMs: string;
            next: string;
        };
        ScriptumStepStarted: {
            stepPath: string;
            label: string;
            primitive: string;
            tool: string;
            attempt: number;
        };
        ScriptumStepSummary: {
            stepPath: string;
            name: string;
            primitive: string;
            tool: string;
            /** @enum {string} */
            status: "STATUS_UNSPECIFIED" | "RUNNING" | "PAUSED" | "COMPLETED" | "FAILED" | "CANCELLED";
            durationMs: string;
        };
        ScriptumTemplate: {
            name: string;
            description: string;
            tags: string[];
            content: string;
        };
        ScriptumThread: {
            threadId: string;
            scriptName: string;
            version: number;
            /** @enum {string} */
            status: "STATUS_UNSPECIFIED" | "PENDING" | "RUNNING" | "COMPLETED" | "PAUSED" | "FAILED" | "CANCELLED";
            error: string;
            errorCode: string;
            errorStepPath: string;
            currentStepPath: string;
            currentStepName: string;
            totalSteps: number;
            stepsStarted: string;
            stepsCompleted: string;
            /** @enum {string} */
            executionMode: "EXECUTION_MODE_UNSPECIFIED" | "LOCAL" | "CLOUD";
            createdAtMs: string;
            startedAtMs: string;
            finishedAtMs: string;
            updatedAtMs: string;
            deadlineAtMs: string;
            metadata: {
                [key: string]: string;
            };
            pauses: components["schemas"]["ScriptumPause"][];
            yielded: string;
            tokensIn: string;
            tokensOut: string;
            cancelledBy: string;
            cancelReason: string;
            parentThreadId: string;
            parentStepPath: string;
            lastSequence: string;
            createdBy: string;
        };
        ScriptumThreadCancelled: {
            by: string;
            reason: string;
        };
        ScriptumThreadCompleted: {
            output?: components["schemas"]["ScriptumJsonValue"];
        };
        ScriptumThreadEvent: {
            sequence: string;
            atMs: string;
            threadId: string;
            threadStarted?: components["schemas"]["ScriptumThreadStarted"];
            threadCompleted?: components["schemas"]["ScriptumThreadCompleted"];
            threadFailed?: components["schemas"]["ScriptumThreadFailed"];
            threadCancelled?: components["schemas"]["ScriptumThreadCancelled"];
            threadPaused?: components["schemas"]["ScriptumThreadPaused"];
            threadResumed?: components["schemas"]["ScriptumThreadResumed"];
            cancelRequested?: components["schemas"]["ScriptumCancelRequested"];
            stepStarted?: components["schemas"]["ScriptumStepStarted"];
            stepCompleted?: components["schemas"]["ScriptumStepCompleted"];
            stepFailed?: components["schemas"]["ScriptumStepFailed"];
            decisionMade?: components["schemas"]["ScriptumDecisionMade"];
            modelCalled?: components["schemas"]["ScriptumModelCalled"];
            itemsProgressed?: components["schemas"]["ScriptumItemsProgressed"];
            valueYielded?: components["schemas"]["ScriptumValueYielded"];
            artifactKept?: components["schemas"]["ScriptumArtifactKept"];
            answerRefused?: components["schemas"]["ScriptumAnswerRefused"];
            commandRefused?: components["schemas"]["ScriptumCommandRefused"];
        };
        ScriptumThreadFailed: {
            error?: components["schemas"]["ScriptumStepError"];
        };
        ScriptumThreadOutputMeta: {
            threadId: string;
            stepPath: string;
            /** @enum {string} */
            threadStatus: "STATUS_UNSPECIFIED" | "PENDING" | "RUNNING" | "COMPLETED" | "PAUSED" | "FAILED" | "CANCELLED";
            totalBytes: string;
            totalChunks: number;
            mediaType: string;
        };
        ScriptumThreadPaused: {
            pause?: components["schemas"]["ScriptumPause"];
        };
        ScriptumThreadResumed: {
            stepPath: string;
            label: string;
            by: string;
            override?: components["schemas"]["ScriptumJsonValue"];
        };
        ScriptumThreadStarted: {
            scriptName: string;
            version: number;
            totalSteps: number;
        };
        ScriptumTool: {
            name: string;
            source: string;
            description: string;
            inputSchemaJson: string;
            effect: string;
        };
        ScriptumToolReference: {
            name: string;
            tool: string;
            source: string;
        };
        ScriptumUpdateScriptEnvResponse: {
            variables: components["schemas"]["ScriptumEnvVar"][];
        };
        ScriptumValueYielded: {
            stepPath: string;
            label: string;
            index: string;
            value?: components["schemas"]["ScriptumJsonValue"];
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
                "application/json": components["schemas"]["ScriptumStatus"];
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
                "application/json": components["schemas"]["ScriptumStatus"];
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
                "application/json": components["schemas"]["ScriptumStatus"];
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
                "application/json": components["schemas"]["ScriptumStatus"];
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
                "application/json": components["schemas"]["ScriptumStatus"];
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
                "application/json": components["schemas"]["ScriptumStatus"];
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
                "application/json": components["schemas"]["ScriptumStatus"];
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
                "application/json": components["schemas"]["ScriptumStatus"];
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
                "application/json": components["schemas"]["ScriptumStatus"];
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
                "application/json": components["schemas"]["ScriptumStatus"];
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
                "application/json": components["schemas"]["ScriptumStatus"];
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
    listScripts: {
        parameters: {
            query?: {
                pageSize?: string;
                pageToken?: string;
                tags?: string[];
                labels?: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List scripts by name */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumListScriptsResponse"];
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
    createScript: {
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
                "application/json": {
                    name?: string | null;
                    description?: string | null;
                    tags?: string[] | null;
                    fromTemplate?: string | null;
                    labels?: {
                        key?: string | null;
                        values?: string[] | null;
                    }[] | null;
                    env?: {
                        [key: string]: string;
                    } | null;
                };
            };
        };
        responses: {
            /** @description Create a script: a name, under which versions are published */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumScript"];
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
    getScript: {
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
            /** @description Read a script */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumScript"];
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
    deleteScript: {
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
            /** @description Delete a script with its versions and its environment; its threads stay */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumDeleteScriptResponse"];
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
    getDraftInfo: {
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
            /** @description Read the draft of a script */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumScriptDraft"];
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
    saveScriptDraft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    content?: string | null;
                };
            };
        };
        responses: {
            /** @description Save the draft of a script, also one that has mistakes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumScriptDraft"];
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
    compileScriptDraft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Compile the draft of a script: its representations, its contract, and what is wrong with it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumCompileScriptDraftResponse"];
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
    testScriptDraft: {
        parameters: {
            query?: never;
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
                "application/json": {
                    inputJson?: string | null;
                    timeout?: string | null;
                    loadEnv?: boolean | null;
                    metadata?: {
                        [key: string]: string;
                    } | null;
                };
            };
        };
        responses: {
            /** @description Run the draft of a script as a thread of version 0 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumThread"];
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
    publishScriptDraft: {
        parameters: {
            query?: never;
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
                "application/json": {
                    notes?: string | null;
                };
            };
        };
        responses: {
            /** @description Publish the draft of a script as its next version, which never changes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumScriptVersion"];
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
    rollbackScript: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    toVersion?: (number | string) | null;
                };
            };
        };
        responses: {
            /** @description Make a version of a script the active one again */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumScriptVersion"];
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
    listScriptVersions: {
        parameters: {
            query?: {
                pageSize?: string;
                pageToken?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List the versions of a script, newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumListScriptVersionsResponse"];
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
    getScriptVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Read a version of a script with its contract */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumScriptVersion"];
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
    getScriptCode: {
        parameters: {
            query?: {
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
            /** @description Read the text of a version of a script */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumGetScriptCodeResponse"];
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
    getScriptCodeByVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Read the text of a version of a script */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumGetScriptCodeResponse"];
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
    listThreads: {
        parameters: {
            query?: {
                pageSize?: string;
                pageToken?: string;
                statusFilter?: "STATUS_UNSPECIFIED" | "PENDING" | "RUNNING" | "COMPLETED" | "PAUSED" | "FAILED" | "CANCELLED";
                scriptNameFilter?: string;
                metadataFilter?: string[];
                versionFilter?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List threads, newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumListThreadsResponse"];
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
    createThread: {
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
                "application/json": {
                    scriptName?: string | null;
                    version?: (number | string) | null;
                    inputJson?: string | null;
                    executionMode?: (("EXECUTION_MODE_UNSPECIFIED" | "LOCAL" | "CLOUD") | (0 | 1 | 2)) | null;
                    timeout?: string | null;
                    metadata?: {
                        [key: string]: string;
                    } | null;
                    callbackUrl?: string | null;
                    loadEnv?: boolean | null;
                    hostId?: string | null;
                };
            };
        };
        responses: {
            /** @description Start a thread: one execution of a published script */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumThread"];
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
    getThread: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                threadId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Read a thread: its status, its live step, what it waits for */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumThread"];
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
    cancelThread: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                threadId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    reason?: string | null;
                };
            };
        };
        responses: {
            /** @description Cancel a thread; what it does is interrupted */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumThread"];
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
                threadId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    stepInputOverrideJson?: string | null;
                    stepPath?: string | null;
                };
            };
        };
        responses: {
            /** @description Answer what a thread asks, or correct the input of the step that failed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumThread"];
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
    watchThread: {
        parameters: {
            query?: {
                afterSequence?: string;
            };
            header?: {
                /** @description Where a stream resumes; browsers send it by themselves. */
                "Last-Event-ID"?: string;
            };
            path: {
                threadId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Messages as they come; as lines of JSON where `Accept` names application/x-ndjson. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                    "application/x-ndjson": string;
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
    watchStep: {
        parameters: {
            query?: never;
            header?: {
                /** @description Where a stream resumes; browsers send it by themselves. */
                "Last-Event-ID"?: string;
            };
            path: {
                threadId: string;
                stepPath: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Messages as they come; as lines of JSON where `Accept` names application/x-ndjson. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                    "application/x-ndjson": string;
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
    getThreadResult: {
        parameters: {
            query?: {
                stepPath?: string;
                outputOnly?: "true" | "false";
                metadataOnly?: "true" | "false";
            };
            header?: never;
            path: {
                threadId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Read what a thread, or one of its steps, has come to */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumGetThreadResultResponse"];
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
    streamThreadResult: {
        parameters: {
            query?: {
                maxChunkBytes?: string;
            };
            header?: {
                /** @description Where a stream resumes; browsers send it by themselves. */
                "Last-Event-ID"?: string;
            };
            path: {
                threadId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Messages as they come; as lines of JSON where `Accept` names application/x-ndjson. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                    "application/x-ndjson": string;
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
    streamStepResult: {
        parameters: {
            query?: {
                stepPath?: string;
                maxChunkBytes?: string;
            };
            header?: {
                /** @description Where a stream resumes; browsers send it by themselves. */
                "Last-Event-ID"?: string;
            };
            path: {
                threadId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Messages as they come; as lines of JSON where `Accept` names application/x-ndjson. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                    "application/x-ndjson": string;
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
    listArtifacts: {
        parameters: {
            query?: {
                pageSize?: string;
                pageToken?: string;
            };
            header?: never;
            path: {
                threadId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List the artifacts of a thread, with addresses to fetch them for a while */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumListArtifactsResponse"];
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
    listTools: {
        parameters: {
            query?: {
                source?: string;
                query?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List the tools that scripts can import */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumListToolsResponse"];
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
    listEnvVars: {
        parameters: {
            query?: {
                prefix?: string;
                pageSize?: string;
                pageToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List the variables of the tenant by key; what is secret is masked */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumListEnvVarsResponse"];
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
    setEnvVar: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    key?: string | null;
                    value?: string | null;
                    secret?: boolean | null;
                    description?: string | null;
                };
            };
        };
        responses: {
            /** @description Set a variable of the tenant */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumEnvVar"];
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
    getEnvVar: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Read a variable of the tenant with its value */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumEnvVar"];
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
    deleteEnvVar: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete a variable of the tenant */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumDeleteEnvVarResponse"];
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
    importEnvVars: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    values?: {
                        [key: string]: string;
                    } | null;
                    content?: string | null;
                    overwrite?: boolean | null;
                };
            };
        };
        responses: {
            /** @description Set many variables of the tenant, or none */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumImportEnvVarsResponse"];
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
    getScriptEnv: {
        parameters: {
            query?: {
                effective?: "true" | "false";
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Read the environment of a script; what is secret is masked */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumGetScriptEnvResponse"];
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
    updateScriptEnv: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    set?: {
                        [key: string]: string;
                    } | null;
                    delete?: string[] | null;
                };
            };
        };
        responses: {
            /** @description Change what a script lays over the environment of the tenant */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumUpdateScriptEnvResponse"];
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
    listTemplates: {
        parameters: {
            query?: {
                tags?: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List templates of scripts */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumListTemplatesResponse"];
                };
            };
            400: components["responses"]["Invalid"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getTemplate: {
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
            /** @description Read a template */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumTemplate"];
                };
            };
            400: components["responses"]["Invalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    healthCheck: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether the service serves */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptumHealthCheckResponse"];
                };
            };
            400: components["responses"]["Invalid"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    downloadArtifact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its bytes. Needs no credential: the address is signed, and good for 15 minutes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            400: components["responses"]["Invalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
}
