-- Photos that residents sent, files that staff sent, and what a resident asked for of their own data. Sealed with the key of the
-- conversation's contact: nothing of them opens once the key is gone.
CREATE TABLE file (
    city_id         text NOT NULL,
    file_id         uuid NOT NULL,
    conversation_id uuid NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('received', 'sent', 'export')),
    -- The message that brought it; null for what goes out.
    seq             bigint,
    -- For what residents open by a link: the hash of what the link holds.
    token_hash      bytea,
    name            text NOT NULL,
    content_type    text NOT NULL,
    sealed          bytea NOT NULL,
    -- The member of staff who sent it.
    author          uuid,
    created_at      timestamptz NOT NULL,
    -- The link opens nothing from then on.
    expires_at      timestamptz,
    PRIMARY KEY (city_id, file_id),
    UNIQUE (city_id, conversation_id, seq),
    UNIQUE (city_id, token_hash),
    FOREIGN KEY (city_id, conversation_id) REFERENCES conversation
);
SELECT city_table('file');

-- Answers to questions of forms about the person: lists do not show them, and who works without personal data never sees them.
ALTER TABLE understood ADD COLUMN personal boolean NOT NULL DEFAULT false;
ALTER TABLE outbox ADD COLUMN personal boolean NOT NULL DEFAULT false;

-- A rule of the city brought it to a desk.
ALTER TABLE handover DROP CONSTRAINT handover_reason_check;
ALTER TABLE handover ADD CONSTRAINT handover_reason_check
    CHECK (reason IN ('asked', 'callback', 'complaint', 'not_understood', 'emergency', 'staff', 'returned', 'rule', 'privacy'));

-- For purging, by age.
CREATE INDEX inbox_arrived ON inbox (city_id, arrived_at);

-- What a member of staff has; what was put off.
CREATE INDEX thread_assignee ON thread (city_id, assignee) WHERE assignee IS NOT NULL;
CREATE INDEX thread_snoozed ON thread (city_id, snoozed_until) WHERE snoozed_until IS NOT NULL;
