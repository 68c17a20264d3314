/** Written by `npm run docs` from docs/openapi; do not edit. */
export interface paths {
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether this server lives, and how runs are set up */
        get: operations["getRunHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether this server can take runs now */
        get: operations["getRunReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tools": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the tools of runs */
        get: operations["listRunTools"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/policies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which policies are in force */
        get: operations["listRunPolicies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List runs, newest first */
        get: operations["listRuns"];
        put?: never;
        /** Start a run */
        post: operations["createRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the record of a run */
        get: operations["getRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/execution": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the execution session of a run */
        get: operations["getRunExecution"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/execution/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow the execution session of a run */
        get: operations["streamRunExecution"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow what the model of a run says */
        get: operations["streamRunCognition"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow the ledger of a run */
        get: operations["streamRunEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/world": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the world of a run */
        get: operations["getRunWorld"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/world/at": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the world of a run as it was */
        get: operations["getRunWorldAt"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Verify the ledger of a run and fold it */
        get: operations["replayRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/anchor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Anchor the ledger of a run */
        get: operations["getRunAnchor"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ledger/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the keys that sign commits */
        get: operations["listLedgerKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/delegations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what a run delegated */
        get: operations["listRunDelegations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/routing-outcomes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what came of routed actions */
        get: operations["listRoutingOutcomes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what a run waits for a person to approve */
        get: operations["listRunApprovals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/approvals/{channel}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Approve or deny a pending proposal */
        post: operations["answerRunApproval"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a run */
        post: operations["cancelRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Resume a run that has failed or was cancelled */
        post: operations["resumeRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/branch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Branch from a commit of a run */
        post: operations["branchRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/effects/{proposal}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say how an effect ended that nobody can prove */
        post: operations["resolveRunEffect"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read entries of ledgers */
        get: operations["listLedgerEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/entries/count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Count entries of ledgers */
        get: operations["countLedgerEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the keys of a tenant and their runs have used */
        get: operations["getRunUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Search the runs of a tenant */
        get: operations["searchRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/skills": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List skills */
        get: operations["listSkills"];
        put?: never;
        /** Keep a skill */
        post: operations["putSkill"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/skills/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a skill */
        get: operations["getSkill"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/routed-submit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Perform one action under a writ of its own */
        post: operations["routedSubmit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/writs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a writ */
        get: operations["getWrit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/writs/{id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Revoke a writ */
        post: operations["revokeWrit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/writs/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take back the revocation of a writ */
        post: operations["restoreWrit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/marketplace/packages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List packages by name, each with its newest version */
        get: operations["listPackages"];
        put?: never;
        /** Publish a version of a package */
        post: operations["publishPackage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/marketplace/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Search the newest versions of packages */
        get: operations["searchPackages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/marketplace/installs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what is installed */
        get: operations["listPackageInstalls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/marketplace/packages/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a package */
        get: operations["getPackage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/marketplace/packages/{name}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the versions of a package, oldest first */
        get: operations["listPackageVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/marketplace/packages/{name}/install": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Install a version of a package into the tenant's registry */
        post: operations["installPackage"];
        /** Take a package out of the tenant's registry */
        delete: operations["uninstallPackage"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/marketplace/packages/{name}/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Unpublish a version of a package */
        delete: operations["unpublishPackage"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AnswerApproval: {
            approve?: boolean | null;
            /** @description In place of `approve`: `approve`; anything else denies. */
            decision?: string | null;
            /** @description Answers this proposal only, with or without `proposal:`. */
            proposal_id?: string | null;
            comment?: string | null;
        };
        ApprovalAnswered: {
            run_id: string;
            channel: string;
            approved: boolean;
            /**
             * @description Present when no worker answered in time: the command is on its way and will be done once.
             * @constant
             */
            accepted?: true;
        };
        BranchRun: {
            /** @description A commit of the run, with or without `commit:`. */
            commit_id: string;
            /** @default shadow branch */
            note?: string;
            /** @default 16 */
            max_steps?: number;
            /**
             * @description Names of tools, and prefixes such as `kv_*`. Empty: every tool.
             * @default []
             */
            tool_scopes?: string[];
            cognition?: components["schemas"]["RunCognition"] | null;
            /** @description Outranks the model of `cognition` and that of a skill. */
            model?: string | null;
            /** @description A name or an id. */
            skill?: string | null;
            /** @default [] */
            skills?: string[];
            /** @default [] */
            skill_params?: [
                string,
                string
            ][];
            /**
             * @description Earlier turns of the conversation.
             * @default []
             */
            history?: {
                role: string;
                text: string;
            }[];
            /** @description Which effects its tools may have, within what the server grants. */
            effect_ceiling?: {
                read?: boolean;
                write?: boolean;
                external?: boolean;
                irreversible?: boolean;
            } | null;
            /** @description What it may use up, within what the server grants. */
            budget?: {
                tokens?: number;
                tool_calls?: number;
                wall_clock_ms?: number;
                usd_millicents?: number;
            } | null;
            /** @description When its authority is valid, in seconds since 1970. */
            time_window?: {
                not_before?: number;
                expires_at?: number;
            } | null;
            max_delegation_depth?: number | null;
            /** @description With one the branch begins to run at once; without, `POST …/resume` starts it. */
            task?: string | null;
        };
        CancelRun: {
            reason?: string | null;
        };
        CreateRun: {
            task: string;
            /** @default 16 */
            max_steps?: number;
            /**
             * @description Names of tools, and prefixes such as `kv_*`. Empty: every tool.
             * @default []
             */
            tool_scopes?: string[];
            cognition?: components["schemas"]["RunCognition"] | null;
            /** @description Outranks the model of `cognition` and that of a skill. */
            model?: string | null;
            /** @description A name or an id. */
            skill?: string | null;
            /** @default [] */
            skills?: string[];
            /** @default [] */
            skill_params?: [
                string,
                string
            ][];
            /**
             * @description Earlier turns of the conversation.
             * @default []
             */
            history?: {
                role: string;
                text: string;
            }[];
            /** @description Which effects its tools may have, within what the server grants. */
            effect_ceiling?: {
                read?: boolean;
                write?: boolean;
                external?: boolean;
                irreversible?: boolean;
            } | null;
            /** @description What it may use up, within what the server grants. */
            budget?: {
                tokens?: number;
                tool_calls?: number;
                wall_clock_ms?: number;
                usd_millicents?: number;
            } | null;
            /** @description When its authority is valid, in seconds since 1970. */
            time_window?: {
                not_before?: number;
                expires_at?: number;
            } | null;
            max_delegation_depth?: number | null;
        };
        Delegations: {
            delegations: {
                child_trajectory_id: string;
                task: string;
                final_answer: string | null;
                seq: number;
                /** @description The run of the child. */
                run_id: string | null;
            }[];
        };
        EffectResolved: {
            run_id: string;
            proposal_id: string;
            /** @enum {string} */
            outcome: "done" | "not_done";
            /**
             * @description Present when no worker answered in time: the command is on its way and will be done once.
             * @constant
             */
            accepted?: true;
        };
        Json: unknown;
        KeptWrit: {
            writ_id: string;
            writ: {
                id: string;
                body: {
                    issuer: string;
                    issuer_pubkey: string;
                    subject: string;
                    subject_pubkey: string;
                    nonce: number[];
                    parent: string | null;
                    tenant_id: string;
                    tool_scopes: {
                        tool: string;
                    }[];
                    budget: {
                        tokens: number;
                        tool_calls: number;
                        wall_clock_ms: number;
                        usd_millicents: number;
                    };
                    effect_ceiling: {
                        read: boolean;
                        write: boolean;
                        external: boolean;
                        irreversible: boolean;
                    };
                    time_window: {
                        not_before: number;
                        expires_at: number;
                    };
                    delegation: {
                        max_depth: number;
                        may_subdivide: boolean;
                    };
                };
                signature: string;
            };
            revoked: boolean;
            revoked_at: string | null;
            revoked_by: string | null;
        };
        KeyUsage: {
            key_name: string | null;
            tenant_id: string;
            requests_this_window: number;
            rate_limit_rpm: number;
            window_started_secs_ago: number;
            runs: number;
            tokens_in: number;
            tokens_out: number;
            tool_calls: number;
            usd_millicents: number;
            /** @description False: a model without a price was asked, or a call of a model was lost, and `usd_millicents` is not all that it cost. */
            cost_known: boolean;
        };
        LedgerAnchor: {
            trajectory_id: string;
            /** @description So many, from the first. */
            entries: number;
            head_seq: number;
            /** @description The id of the last of them. */
            head_id: string;
            /** @description The root of a Merkle tree over their ids: docs/run-ledger.md has the recipe. */
            root: string;
        };
        LedgerEntries: {
            entries: components["schemas"]["LedgerEntry"][];
            count: number;
        };
        LedgerEntry: {
            id: string;
            trajectory_id: string;
            seq: number;
            kind: string;
            payload: {
                /** @constant */
                type: "root";
                trajectory_id: string;
                note: string;
            } | {
                /** @constant */
                type: "commit";
                id: string;
                body: {
                    parent: string[];
                    trajectory_id: string;
                    proposal_id: string;
                    intent_id: string;
                    writ_id: string;
                    seq: number;
                    delta: ({
                        /** @constant */
                        op: "create";
                        kind: string;
                        id: string;
                        value: components["schemas"]["Json"];
                    } | {
                        /** @constant */
                        op: "replace";
                        kind: string;
                        id: string;
                        expected_version: number;
                        value: components["schemas"]["Json"];
                    } | {
                        /** @constant */
                        op: "retract";
                        kind: string;
                        id: string;
                        expected_version: number;
                        reason: string;
                    })[];
                    observations: {
                        tool: string;
                        output: components["schemas"]["Json"];
                        latency_ms: number;
                    }[];
                    policy_trace: {
                        rules_evaluated: string[];
                        decision: {
                            /** @constant */
                            kind: "permit";
                        } | {
                            /** @constant */
                            kind: "deny";
                            detail: string;
                        } | {
                            /** @constant */
                            kind: "require_approval";
                            detail: {
                                channel: string;
                                reason: string;
                                approvals?: number;
                            };
                        };
                    };
                    compiler_version: string;
                    policy_set_hash: string;
                    budget_cost: {
                        tokens: number;
                        tool_calls: number;
                        wall_clock_ms: number;
                        usd_millicents: number;
                    };
                    compensates?: string;
                    routing_evidence?: {
                        decision_hash: string;
                        selected: string;
                        alternatives: string[];
                        confidence_bps: number;
                        reason_codes: string[];
                        latency_estimate_ms: number;
                        cost_estimate_millicents: number;
                        fallback_hint?: {
                            provider: string;
                            model?: string;
                            reason: string;
                        };
                    };
                    signature: string | null;
                };
            } | {
                /** @constant */
                type: "rejection";
                intent_id: string;
                reason: {
                    /** @constant */
                    kind: "authority_void";
                    detail: string;
                } | {
                    /** @constant */
                    kind: "policy_denied";
                    detail: string;
                } | {
                    /** @constant */
                    kind: "budget_exhausted";
                    detail: string;
                } | {
                    /** @constant */
                    kind: "precondition_failed";
                    detail: string;
                } | {
                    /** @constant */
                    kind: "unknown_tool";
                    detail: string;
                } | {
                    /** @constant */
                    kind: "type_mismatch";
                    detail: {
                        tool: string;
                        detail: string;
                    };
                };
            } | {
                /** @constant */
                type: "pending_approval";
                proposal: {
                    id: string;
                    body: {
                        intent_id: string;
                        writ_id: string;
                        plan: {
                            tool: string;
                            args: components["schemas"]["Json"];
                        };
                        policy_trace: {
                            rules_evaluated: string[];
                            decision: {
                                /** @constant */
                                kind: "permit";
                            } | {
                                /** @constant */
                                kind: "deny";
                                detail: string;
                            } | {
                                /** @constant */
                                kind: "require_approval";
                                detail: {
                                    channel: string;
                                    reason: string;
                                    approvals?: number;
                                };
                            };
                        };
                        status: {
                            /** @constant */
                            kind: "staged";
                        } | {
                            /** @constant */
                            kind: "suspended";
                            channel: string;
                            reason: string;
                        } | {
                            /** @constant */
                            kind: "rejected";
                            reason: {
                                /** @constant */
                                kind: "authority_void";
                                detail: string;
                            } | {
                                /** @constant */
                                kind: "policy_denied";
                                detail: string;
                            } | {
                                /** @constant */
                                kind: "budget_exhausted";
                                detail: string;
                            } | {
                                /** @constant */
                                kind: "precondition_failed";
                                detail: string;
                            } | {
                                /** @constant */
                                kind: "unknown_tool";
                                detail: string;
                            } | {
                                /** @constant */
                                kind: "type_mismatch";
                                detail: {
                                    tool: string;
                                    detail: string;
                                };
                            };
                        };
                    };
                    routing_evidence?: {
                        decision_hash: string;
                        selected: string;
                        alternatives: string[];
                        confidence_bps: number;
                        reason_codes: string[];
                        latency_estimate_ms: number;
                        cost_estimate_millicents: number;
                        fallback_hint?: {
                            provider: string;
                            model?: string;
                            reason: string;
                        };
                    };
                };
                channel: string;
                reason: string;
            } | {
                /** @constant */
                type: "delegation";
                child_trajectory_id: string;
                task: string;
                final_answer: string | null;
            } | {
                /** @constant */
                type: "branch";
                source_trajectory_id: string;
                source_commit_id: string;
                note: string;
            } | {
                /** @constant */
                type: "skill_bound";
                skill_id: string;
                skill: components["schemas"]["Json"];
                params: [
                    string,
                    string
                ][];
            } | {
                /** @constant */
                type: "approval";
                proposal_id: string;
                channel: string;
                approved: boolean;
                approver: string;
                comment: string | null;
                at: string;
            } | {
                /** @constant */
                type: "execution_failed";
                intent_id: string;
                proposal_id: string;
                tool: string;
                /** @enum {string} */
                outcome: "failed" | "unknown";
                error: string;
            } | {
                /** @constant */
                type: "effect_resolved";
                proposal_id: string;
                /** @enum {string} */
                outcome: "done" | "not_done";
                output: components["schemas"]["Json"];
                resolved_by: string;
                at: string;
            } | {
                /** @constant */
                type: "cancel";
                by: string;
                reason: string | null;
                at: string;
            } | {
                /** @constant */
                type: "resume";
                by: string;
                task: string;
                writ_id: string;
                at: string;
            } | {
                /** @constant */
                type: "final_answer";
                text: string | null;
                terminated_by: string;
            } | {
                /** @constant */
                type: "usage";
                tokens_in: number;
                tokens_out: number;
                tool_calls: number;
                wall_clock_ms: number;
                usd_millicents: number;
                cost_known?: boolean;
            };
            /** @description Seconds since 1970. */
            created_at: number;
        };
        LedgerEntryCount: {
            count: number;
        };
        LedgerEntryEvent: {
            seq: number;
            kind: string;
            /** @description The first eight digits. */
            id: string;
            /** @description By kind. */
            detail: {
                [key: string]: components["schemas"]["Json"];
            };
            commit_id?: string;
        };
        LedgerKeys: {
            keys: {
                public_key: string;
                /** Format: date-time */
                created_at: string;
                retired_at: string | null;
            }[];
        };
        Package: {
            name: string;
            version: string;
            description: string;
            author: string;
            tags: string[];
            kind: {
                /** @constant */
                type: "manifest";
                manifest: {
                    [key: string]: components["schemas"]["Json"];
                };
            } | {
                /** @constant */
                type: "mcp_server";
                command: string;
                /** @default [] */
                args?: string[];
                /** @default {} */
                env?: {
                    [key: string]: string;
                };
            };
            /** @description BLAKE3-256 of the kind, 64 hex digits. */
            content_hash: string;
            /** Format: date-time */
            published_at: string;
            /** @description Ed25519 over the hex digits of `content_hash`, 128 hex digits; empty: not signed. */
            signature: string;
            /** @description 64 hex digits; empty: not signed. */
            publisher_pubkey: string;
            /** @description Whether it has a signature that was checked and is good. */
            signed: boolean;
            published_by: string;
        };
        PackageInput: {
            name: string;
            version: string;
            description: string;
            author: string;
            /** @default [] */
            tags?: string[];
            kind: {
                /** @constant */
                type: "manifest";
                manifest: {
                    [key: string]: components["schemas"]["Json"];
                };
            } | {
                /** @constant */
                type: "mcp_server";
                command: string;
                /** @default [] */
                args?: string[];
                /** @default {} */
                env?: {
                    [key: string]: string;
                };
            };
            /** @default  */
            content_hash?: string;
            /** @default  */
            signature?: string;
            /** @default  */
            publisher_pubkey?: string;
        };
        PackageInstall: {
            name: string;
            version: string;
            kind: {
                /** @constant */
                type: "manifest";
                manifest: {
                    [key: string]: components["schemas"]["Json"];
                };
            } | {
                /** @constant */
                type: "mcp_server";
                command: string;
                /** @default [] */
                args?: string[];
                /** @default {} */
                env?: {
                    [key: string]: string;
                };
            };
            /** @description BLAKE3-256 of the kind, 64 hex digits. */
            content_hash: string;
            /** @description Whether it has a signature that was checked and is good. */
            signed: boolean;
            /** @description The tool's name; of a server what the names of its tools begin with. */
            provides: string;
            installed_by: string;
            /** Format: date-time */
            installed_at: string;
        };
        PackageInstallInput: {
            /** @description As in reading a package. Without it the newest. */
            version?: string;
        };
        PackageInstallList: {
            installs: components["schemas"]["PackageInstall"][];
            total: number;
        };
        PackageInstalled: {
            /** @constant */
            status: "installed";
            name: string;
            version: string;
            /** @description BLAKE3-256 of the kind, 64 hex digits. */
            content_hash: string;
            /** @description Whether it has a signature that was checked and is good. */
            signed: boolean;
            provides: string;
            /** @description False: this version was installed already. */
            changed: boolean;
        };
        PackageList: {
            packages: components["schemas"]["Package"][];
            total: number;
            limit: number;
            offset: number;
        };
        PackagePublished: {
            /** @constant */
            status: "published";
            name: string;
            version: string;
            /** @description BLAKE3-256 of the kind, 64 hex digits. */
            content_hash: string;
            /** @description Whether it has a signature that was checked and is good. */
            signed: boolean;
        };
        PackageResults: {
            results: components["schemas"]["Package"][];
            /** @description Of this page. */
            count: number;
            total: number;
            limit: number;
            offset: number;
        };
        PackageUninstalled: {
            /** @constant */
            status: "uninstalled";
            name: string;
            version: string;
        };
        PackageUnpublished: {
            /** @constant */
            status: "unpublished";
            name: string;
            version: string;
        };
        PackageVersions: {
            name: string;
            versions: components["schemas"]["Package"][];
        };
        ReplayReport: {
            run_id: string;
            trajectory_id: string;
            entries_seen: number;
            commits_replayed: number;
            head_commit: string | null;
            head_seq: number;
            readonly compiler_versions_seen: string[];
            final_world_hash: string;
            resources: number;
            rejected_proposals: number;
            pending_approvals: number;
            delegations: number;
            branches: number;
            readonly tool_calls: {
                seq: number;
                commit_id: string;
                tool: string;
                latency_ms: number;
            }[];
            readonly policy_set_hashes_seen: string[];
            executions_failed: number;
            /** @description Of commits. */
            signatures: {
                valid: number;
                unknown: number;
                unsigned: number;
            };
            verdict: components["schemas"]["ReplayVerdict"];
        };
        ReplayVerdict: {
            /** @constant */
            status: "ok";
        } | {
            /** @enum {string} */
            status: "tampered" | "missing" | "drift";
            trajectory_id: string | null;
            seq: number | null;
            entry_id: string | null;
            commit_id: string | null;
            /** @description What differs: `id`, `parent`, `signature`, `compiler_version`, … */
            what: string;
            expected: string | null;
            found: string | null;
            message: string;
        };
        ResolveEffect: {
            /**
             * @description What a person found out about an effect that nobody could prove.
             * @enum {string}
             */
            outcome: "done" | "not_done";
            /**
             * @description What it gave, for the model.
             * @default null
             */
            output?: components["schemas"]["Json"];
        };
        RoutedAction: {
            tool: string;
            /** @default {} */
            args?: components["schemas"]["Json"];
            /** @default  */
            rationale?: string;
            /** @description Why whoever routed chose this; the commit carries it. */
            routing_evidence?: {
                decision_hash: string;
                selected: string;
                /** @default [] */
                alternatives?: string[];
                /** @default 0 */
                confidence_bps?: number;
                /** @default [] */
                reason_codes?: string[];
                /** @default 0 */
                latency_estimate_ms?: number;
                /** @default 0 */
                cost_estimate_millicents?: number;
                fallback_hint?: {
                    provider: string;
                    model?: string;
                    reason: string;
                };
            } | null;
        };
        RoutedOutcome: {
            /** @enum {string} */
            status: "committed" | "rejected" | "suspended" | "delegated";
            trajectory_id: string;
            commit_id?: string;
            routing_evidence_recorded?: boolean;
            reason?: string;
            channel?: string;
            child_trajectory_id?: string;
            /** @description Its run: what is suspended is answered there. */
            run_id: string;
        };
        RoutingOutcomes: {
            outcomes: {
                decision_hash: string;
                selected: string;
                /** @constant */
                status: "committed";
                latency_ms: number;
            }[];
        };
        RunApprovals: {
            approvals: {
                channel: string;
                proposal_id: string;
                tool: string;
                reason: string;
                /** Format: date-time */
                requested_at: string;
                /** @description So many people must approve; one denial denies. */
                needed: number;
                approved_by: string[];
                /** @description When it is denied without an answer; null: it waits for ever. */
                deadline_at: string | null;
            }[];
        };
        RunBranched: {
            branch_trajectory_id: string;
            source_trajectory_id: string;
            source_commit_id: string;
            note: string;
            /** @description The run of the branch. */
            run_id: string;
        };
        RunCancelling: {
            run_id: string;
            /** @constant */
            status: "cancelling";
            /**
             * @description Present when no worker answered in time: the command is on its way and will be done once.
             * @constant
             */
            accepted?: true;
        };
        RunCognition: {
            /** @description `mock`, `scripted`, `openai`, `anthropic`, or one of the other names of docs/run-models.md. */
            provider: string;
            model?: string | null;
            max_tokens?: number | null;
            /** @description Only addresses that the configuration allows. */
            base_url?: string | null;
            thinking_budget_tokens?: number | null;
            /** @default true */
            cache_prefix?: boolean;
            /** @description Of the provider `scripted`: what it says, step by step. */
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
            /** @description The same for the runs that it delegates to. */
            delegated_script?: {
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
        RunCognitionEvent: {
            /** @constant */
            type: "token";
            text: string;
        } | {
            /** @constant */
            type: "tool_use_start";
            tool: string;
            id: string;
        } | {
            /** @constant */
            type: "tool_use_arg_delta";
            id: string;
            delta: string;
        } | {
            /** @constant */
            type: "tool_use_done";
            id: string;
        } | {
            /** @constant */
            type: "turn_complete";
            intents_count: number;
            final_answer: string | null;
        } | {
            /** @constant */
            type: "error";
            message: string;
        };
        RunCreated: {
            run_id: string;
            task: string;
            /** @constant */
            status: "running";
            trajectory_id: string;
        };
        RunFault: {
            /** @description What is wrong, for people. */
            error: string;
            /** @description What exactly; docs/errors.md lists the codes. */
            code: string;
            requestId: string;
            field?: string;
            reason?: string;
            run_id?: string;
            channel?: string;
            retry_after_secs?: number;
        } & {
            [key: string]: unknown;
        };
        RunHealth: {
            /** @constant */
            status: "ok";
            version: string;
            /**
             * @description `production` while keys or tokens are asked for.
             * @enum {string}
             */
            mode: "reference" | "production";
            default_provider: string;
            /** @description False while the default provider is the mock. */
            cognition_live: boolean;
            /** @constant */
            ledger: "postgres";
            shutdown: boolean;
        };
        RunItem: {
            run_id: string;
            task: string;
            /**
             * @description A run that waits for an approval is `running`; its session says what it waits for. `created`: a branch that nobody has had run yet.
             * @enum {string}
             */
            status: "created" | "running" | "completed" | "failed" | "cancelled";
            trajectory_id: string;
            tenant_id: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            ended_at: string | null;
        };
        RunList: {
            runs: components["schemas"]["RunItem"][];
            total: number;
            limit: number;
            offset: number;
            /** @description Null at the end. */
            next_cursor: string | null;
        };
        RunLogEntry: {
            idx: number;
            timestamp_ms: number;
            /** @enum {string} */
            phase: "system" | "intent" | "proposal" | "execution" | "result";
            /** @enum {string} */
            level: "info" | "success" | "warning" | "error";
            title: string;
            detail: string;
            /** @description From 0. */
            step_index?: number;
            tool?: string;
            intent_id?: string;
            proposal_id?: string;
            commit_id?: string;
            /** @description Of the ledger. */
            seq?: number;
        };
        RunPolicySet: {
            /** @description Workers that say so. */
            workers: number;
            /** @description False: no worker runs, and this is what the last one said. */
            live: boolean;
            /** Format: date-time */
            seen_at: string;
            /** @description Of your tenant: what commits that are made now carry, and what `require_policy_set` of a replay takes. */
            policy_set_hash: string;
            /** @description In the order in which they are looked at, named as in the traces of commits. */
            rules: string[];
            policies: {
                name: string;
                version: string;
                content_hash: string;
            }[];
            /** @description Files of which nothing new is taken. `policy`: what stays in force of it from before. */
            refused: {
                file: string;
                policy: string | null;
                code: string;
                reason: string;
            }[];
        };
        RunPolicySets: {
            count: number;
            sets: components["schemas"]["RunPolicySet"][];
        };
        RunReady: {
            /** @enum {string} */
            status: "ready" | "not_ready";
            /**
             * @description `production` while keys or tokens are asked for.
             * @enum {string}
             */
            mode: "reference" | "production";
            default_provider: string;
            shutdown: boolean;
            checks: {
                run_store: boolean;
                marketplace: boolean;
                temporal: boolean;
            };
        };
        RunRecord: {
            trajectory_id: string;
            task: string;
            /**
             * @description A run that waits for an approval is `running`; its session says what it waits for. `created`: a branch that nobody has had run yet.
             * @enum {string}
             */
            status: "created" | "running" | "completed" | "failed" | "cancelled";
            summary: components["schemas"]["RunSummary"] | null;
            tenant_id: string;
            run_id: string;
            writ_id: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            ended_at: string | null;
            /** @description The run that delegated to it. */
            parent_run_id: string | null;
            branched_from: {
                run_id: string | null;
                commit_id: string;
            } | null;
        };
        RunResuming: {
            run_id: string;
            /** @constant */
            status: "resuming";
        };
        RunSearch: {
            query: string;
            count: number;
            hits: {
                run_id: string;
                /** @enum {string} */
                field: "task" | "answer" | "event";
                status?: string;
                task: string;
                title?: string;
                snippet: string;
                time?: string;
            }[];
        };
        RunSession: {
            run_id: string;
            task: string;
            trajectory_id?: string;
            /** @enum {string} */
            status: "created" | "running" | "waiting_approval" | "completed" | "failed" | "cancelled";
            /** @enum {string} */
            phase: "system" | "intent" | "proposal" | "execution" | "result";
            operator_state: string;
            current_step: number;
            max_steps: number;
            active_tool?: string;
            final_answer?: string;
            pending_channel?: string;
            /** @description What the model has said so far in this step. */
            partial_answer?: string;
            tokens_in: number;
            tokens_out: number;
            counters: {
                steps_started: number;
                intents_declared: number;
                proposals_staged: number;
                commits: number;
                rejections: number;
                failures: number;
                recoveries: number;
                retries: number;
                approvals_pending: number;
            };
            updated_at_ms: number;
            /** @description The newest 400. */
            readonly log: components["schemas"]["RunLogEntry"][];
        };
        RunSummary: {
            steps_executed: number;
            intents_submitted: number;
            commits: number;
            rejections: number;
            failures: number;
            final_answer: string | null;
            /** @description `CognitionDone`, `MaxStepsReached`, `BudgetExhausted`, `WritExpired`, `Cancelled` or `Error`. */
            terminated_by: string;
        };
        RunTool: {
            name: string;
            version: string;
            /** @enum {string} */
            effect_class: "pure" | "read" | "write" | "external" | "irreversible";
            /** @enum {string} */
            risk_class: "low" | "medium" | "high" | "critical";
            description: string;
            /** @description JSON Schema of its arguments. */
            input_schema: {
                [key: string]: components["schemas"]["Json"];
            };
        };
        RunTools: {
            count: number;
            tools: components["schemas"]["RunTool"][];
        };
        RunUsage: components["schemas"]["KeyUsage"][] | {
            message: string;
            stats: components["schemas"]["KeyUsage"][];
            tenant: {
                tenant_id: string;
                runs: number;
                tokens_in: number;
                tokens_out: number;
                tool_calls: number;
                usd_millicents: number;
                /** @description False: a model without a price was asked, or a call of a model was lost, and `usd_millicents` is not all that it cost. */
                cost_known: boolean;
            };
        };
        Skill: {
            id: string;
            skill: {
                name: string;
                version: number;
                /** @default  */
                title?: string;
                instructions: string;
                /** @default [] */
                tools?: {
                    tool: string;
                }[];
                ceiling: {
                    read: boolean;
                    write: boolean;
                    external: boolean;
                    irreversible: boolean;
                };
                budget_cap?: {
                    tokens: number;
                    tool_calls: number;
                    wall_clock_ms: number;
                    usd_millicents: number;
                } | null;
                /** @default [] */
                params?: {
                    key: string;
                    /** @default  */
                    description?: string;
                    /** @default  */
                    default?: string;
                    /** @default [] */
                    values?: string[];
                }[];
                /**
                 * @default {
                 *       "provider": null,
                 *       "model": null
                 *     }
                 */
                model_hint?: {
                    /** @default null */
                    provider?: string | null;
                    /** @default null */
                    model?: string | null;
                };
            };
        };
        Skills: {
            skills: {
                id: string;
                name: string;
                version: number;
                title: string;
                /** @description Empty: it leaves all tools. */
                tools: string[];
            }[];
        };
        World: {
            resources: components["schemas"]["WorldResource"][];
        };
        WorldAt: {
            seq: number;
            commits_replayed: number;
            head_commit: string | null;
            resources: components["schemas"]["WorldResource"][];
        };
        WorldResource: {
            kind: string;
            id: string;
            version: number;
            value: components["schemas"]["Json"];
            /**
             * @description It was taken back; the value is the last one.
             * @constant
             */
            retracted?: true;
        };
        WritRestored: {
            /** @constant */
            restored: true;
            writ_id: string;
        };
        WritRevoked: {
            /** @constant */
            revoked: true;
            writ_id: string;
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
                "application/json": components["schemas"]["RunFault"];
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
                "application/json": components["schemas"]["RunFault"];
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
                "application/json": components["schemas"]["RunFault"];
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
                "application/json": components["schemas"]["RunFault"];
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
                "application/json": components["schemas"]["RunFault"];
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
                "application/json": components["schemas"]["RunFault"];
            };
        };
        /** @description What is asked for has ended for good. `code` says what exactly; docs/errors.md lists the codes. */
        Gone: {
            headers: {
                /** @description The id of this exchange; give it to the operator. */
                "X-Request-Id"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["RunFault"];
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
                "application/json": components["schemas"]["RunFault"];
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
                "application/json": components["schemas"]["RunFault"];
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
                "application/json": components["schemas"]["RunFault"];
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
                "application/json": components["schemas"]["RunFault"];
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
                "application/json": components["schemas"]["RunFault"];
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
                "application/json": components["schemas"]["RunFault"];
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
                "application/json": components["schemas"]["RunFault"];
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
    getRunHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It lives. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunHealth"];
                };
            };
            400: components["responses"]["Invalid"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getRunReady: {
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
                    "application/json": components["schemas"]["RunReady"];
                };
            };
            400: components["responses"]["Invalid"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            /** @description Something that it needs does not answer, or it is stopping. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunReady"];
                };
            };
        };
    };
    listRunTools: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunTools"];
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
    listRunPolicies: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One set where all workers decide by the same policies, otherwise one for each; none before the first worker. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunPolicySets"];
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
    listRuns: {
        parameters: {
            query?: {
                /** @description At most 200; more is as much as that. */
                limit?: number;
                offset?: number;
                /** @description `next_cursor` of the page before; outranks `offset`. */
                cursor?: string;
                /** @description `running` finds those that wait for an approval too. */
                status?: "created" | "running" | "waiting_approval" | "completed" | "failed" | "cancelled";
                /** @description Those that this run delegated to. */
                parent?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of runs; `total` counts all that the filter finds. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunList"];
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
    createRun: {
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
                "application/json": components["schemas"]["CreateRun"];
            };
        };
        responses: {
            /** @description It has been accepted. `task` has the instructions of its skills. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunCreated"];
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
    getRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A run id, or the id of its trajectory with or without `traj:`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The record; `summary` is there once it has ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunRecord"];
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
    getRunExecution: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A run id, or the id of its trajectory with or without `traj:`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where it is, what it waits for, and the newest 400 entries of its log. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunSession"];
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
    streamRunExecution: {
        parameters: {
            query?: never;
            header?: {
                /** @description Where a stream resumes; browsers send it by themselves. */
                "Last-Event-ID"?: string;
            };
            path: {
                /** @description A run id, or the id of its trajectory with or without `traj:`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The whole session at once and after every change; a reader who is slow gets the newest one only. The last one is that of the end. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description To a reconnection: the end was seen. Browsers stop to reconnect. */
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
    streamRunCognition: {
        parameters: {
            query?: never;
            header?: {
                /** @description Where a stream resumes; browsers send it by themselves. */
                "Last-Event-ID"?: string;
            };
            path: {
                /** @description A run id, or the id of its trajectory with or without `traj:`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Named by their type. What is kept of the step under way comes first. Not the state of the run: that is `…/execution/stream`. */
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
    streamRunEvents: {
        parameters: {
            query?: never;
            header?: {
                /** @description Where a stream resumes; browsers send it by themselves. */
                "Last-Event-ID"?: string;
            };
            path: {
                /** @description A run id, or the id of its trajectory with or without `traj:`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every entry from the first, or from the one after `Last-Event-ID`, then each as it is appended; `id` is its seq. Ends when the run has ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description The run has ended and everything was read. Browsers stop to reconnect. */
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
    getRunWorld: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A run id, or the id of its trajectory with or without `traj:`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What its commits and those of its ancestors have made, by kind and id. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["World"];
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
    getRunWorldAt: {
        parameters: {
            query: {
                /** @description Of the ledger; beyond its end it is the end. */
                seq: number;
            };
            header?: never;
            path: {
                /** @description A run id, or the id of its trajectory with or without `traj:`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Folded up to the entry of this seq. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorldAt"];
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
    replayRun: {
        parameters: {
            query?: {
                /** @description Every commit must be of this compiler. */
                require_compiler?: string;
                /** @description Every commit must be under this policy set. */
                require_policy_set?: string;
                /** @description Every commit must be signed by a key of this server. */
                require_signature?: "true" | "false";
            };
            header?: never;
            path: {
                /** @description A run id, or the id of its trajectory with or without `traj:`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every id and link holds and every pin is met. What is not so is a fault with `verdict` and `report` beside its text: 409 for drift, 422 for entries that were changed or are missing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayReport"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getRunAnchor: {
        parameters: {
            query?: {
                /** @description Of the last entry that counts; without it, or beyond the end, all count. */
                seq?: number;
            };
            header?: never;
            path: {
                /** @description A run id, or the id of its trajectory with or without `traj:`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One hash for all entries so far, or up to one. Noted elsewhere, it shows later that none of them was changed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LedgerAnchor"];
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
    listLedgerKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Public halves (ed25519), oldest first, retired ones too: what they signed stays good. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LedgerKeys"];
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
    listRunDelegations: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A run id, or the id of its trajectory with or without `traj:`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Children that have ended, with their answers, in their order. `GET /runs?parent=…` finds those that run too. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delegations"];
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
    listRoutingOutcomes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A run id, or the id of its trajectory with or without `traj:`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One for each commit that carries routing evidence. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoutingOutcomes"];
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
    listRunApprovals: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A run id, or the id of its trajectory with or without `traj:`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunApprovals"];
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
    answerRunApproval: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A run id, or the id of its trajectory with or without `traj:`. */
                id: string;
                channel: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AnswerApproval"];
            };
        };
        responses: {
            /** @description The verdict is recorded, with who gave it. The same answer again changes nothing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalAnswered"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongContentType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    cancelRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A run id, or the id of its trajectory with or without `traj:`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CancelRun"];
            };
        };
        responses: {
            /** @description Its model call and its tool are stopped within a second; counters and commits stay. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunCancelling"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["WrongContentType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["Exhausted"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unsupported"];
            503: components["responses"]["Unavailable"];
        };
    };
    resumeRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A run id, or the id of its trajectory with or without `traj:`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateRun"];
            };
        };
        responses: {
            /** @description It goes on in the same trajectory, under its first writ or a narrower one. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunResuming"];
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
    branchRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A run id, or the id of its trajectory with or without `traj:`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BranchRun"];
            };
        };
        responses: {
            /** @description A run of its own, whose world is that of the commit. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunBranched"];
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
    resolveRunEffect: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a repetition of this request do nothing more and answer the same. 1 to 255 printable characters. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A run id, or the id of its trajectory with or without `traj:`. */
                id: string;
                /** @description The proposal, with or without `proposal:`. */
                proposal: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResolveEffect"];
            };
        };
        responses: {
            /** @description The ledger holds it, with who said so. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EffectResolved"];
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
    listLedgerEntries: {
        parameters: {
            query?: {
                /** @description A run id, or the id of a trajectory with or without `traj:`. */
                run_id?: string;
                /** @description `commit`, `rejection`, `approval`, …: docs/run-ledger.md has all. An unknown one finds nothing. */
                kind?: string;
                /** @description Seconds since 1970, inclusive. */
                from?: number;
                /** @description Seconds since 1970, inclusive. */
                to?: number;
                /** @description At most 10000; more is as much as that. */
                limit?: number;
                offset?: number;
                format?: "json" | "csv";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By time, then by seq; as JSON, or with `format=csv` as a table. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LedgerEntries"];
                    "text/csv": string;
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
    countLedgerEntries: {
        parameters: {
            query?: {
                /** @description A run id, or the id of a trajectory with or without `traj:`. */
                run_id?: string;
                /** @description `commit`, `rejection`, `approval`, …: docs/run-ledger.md has all. An unknown one finds nothing. */
                kind?: string;
                /** @description Seconds since 1970, inclusive. */
                from?: number;
                /** @description Seconds since 1970, inclusive. */
                to?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All that the filter finds. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LedgerEntryCount"];
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
    getRunUsage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One for each key, and one without a name for whoever came without a key. While no keys are made, the tenant alone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunUsage"];
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
    searchRuns: {
        parameters: {
            query: {
                /** @description At least 2 characters, wherever they stand, in either case. */
                q: string;
                /** @description At most 200; more is as much as that. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In tasks, answers and logs, newest runs first; at most three lines of a log for each run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunSearch"];
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
    listSkills: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The newest version of each, by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Skills"];
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
    putSkill: {
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
                    name: string;
                    version: number;
                    /** @default  */
                    title?: string;
                    instructions: string;
                    /** @default [] */
                    tools?: {
                        tool: string;
                    }[];
                    ceiling: {
                        read: boolean;
                        write: boolean;
                        external: boolean;
                        irreversible: boolean;
                    };
                    budget_cap?: {
                        tokens: number;
                        tool_calls: number;
                        wall_clock_ms: number;
                        usd_millicents: number;
                    } | null;
                    /** @default [] */
                    params?: {
                        key: string;
                        /** @default  */
                        description?: string;
                        /** @default  */
                        default?: string;
                        /** @default [] */
                        values?: string[];
                    }[];
                    /**
                     * @default {
                     *       "provider": null,
                     *       "model": null
                     *     }
                     */
                    model_hint?: {
                        /** @default null */
                        provider?: string | null;
                        /** @default null */
                        model?: string | null;
                    };
                };
            };
        };
        responses: {
            /** @description The same name with another content is its next version; the same content changes nothing. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Skill"];
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
    getSkill: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A name, or an id with or without `skill:`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The newest version of the name, or the version of the id. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Skill"];
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
    routedSubmit: {
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
                "application/json": components["schemas"]["RoutedAction"];
            };
        };
        responses: {
            /** @description What came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoutedOutcome"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
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
    getWrit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description With or without `writ:`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description With its signature; `id` is the hash of its body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeptWrit"];
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
    revokeWrit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description With or without `writ:`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Nothing more is done under it, nor under those that came from it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WritRevoked"];
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
    restoreWrit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description With or without `writ:`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is what it was before. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WritRestored"];
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
    listPackages: {
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
            /** @description A page of packages. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackageList"];
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
    publishPackage: {
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
                "application/json": components["schemas"]["PackageInput"];
            };
        };
        responses: {
            /** @description It is published, once and for good: a version never changes. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackagePublished"];
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
    searchPackages: {
        parameters: {
            query?: {
                /** @description A part of the name, of the description or of a tag, whatever its case. */
                q?: string;
                tag?: string;
                kind?: "manifest" | "mcp_server";
                author?: string;
                limit?: number;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Packages to which all that is asked for applies, by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackageResults"];
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
    listPackageInstalls: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every installed package, by name; at most 200. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackageInstallList"];
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
    getPackage: {
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
            /** @description The version that was asked for; of a range the highest. Slashes in the name are written `%2F`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Package"];
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
    listPackageVersions: {
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
            /** @description All of its versions, in the order of semantic versions; at most 200. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackageVersions"];
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
    installPackage: {
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
                "application/json": components["schemas"]["PackageInstallInput"];
            };
        };
        responses: {
            /** @description Its tools are there for the runs that begin from now on. Another version of it that was installed is replaced. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackageInstalled"];
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
    uninstallPackage: {
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
            /** @description Its tools are gone for the calls that begin from now on. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackageUninstalled"];
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
    unpublishPackage: {
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
            /** @description It is not published any more. Where it is installed it stays installed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackageUnpublished"];
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
}
