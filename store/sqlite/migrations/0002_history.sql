-- Indexes for reading the history: lists by time and by what the records have in common.

CREATE INDEX trigger_instance_time    ON trigger_instance (occurred_at);
CREATE INDEX trigger_instance_trigger ON trigger_instance (trigger, occurred_at);
CREATE INDEX trigger_instance_trace   ON trigger_instance (trace_id);

CREATE INDEX enforcement_time      ON enforcement (enforced_at);
CREATE INDEX enforcement_rule      ON enforcement (rule, enforced_at);
CREATE INDEX enforcement_instance  ON enforcement (trigger_instance);
CREATE INDEX enforcement_execution ON enforcement (execution) WHERE execution IS NOT NULL;
CREATE INDEX enforcement_trace     ON enforcement (trace_id);

CREATE INDEX execution_time         ON execution (requested_at);
CREATE INDEX execution_action       ON execution (action, requested_at);
CREATE INDEX execution_rule         ON execution (rule, requested_at) WHERE rule IS NOT NULL;
CREATE INDEX execution_trigger      ON execution (trigger, requested_at) WHERE trigger IS NOT NULL;
CREATE INDEX execution_instance     ON execution (trigger_instance) WHERE trigger_instance IS NOT NULL;
CREATE INDEX execution_trace        ON execution (trace_id);
CREATE INDEX execution_unsuccessful ON execution (status, requested_at) WHERE live = 0 AND status <> 'succeeded';
