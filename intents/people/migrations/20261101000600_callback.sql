-- A wish to be called back by a member of staff. What was asked and the number are sealed with the resident's key.
CREATE TABLE callback_request (
    city_id         text NOT NULL,
    request_id      uuid NOT NULL,
    conversation_id uuid NOT NULL,
    receipt         text NOT NULL,
    sealed          bytea NOT NULL,
    wanted          text NOT NULL CHECK (wanted IN ('morning', 'afternoon', 'any')),
    created_at      timestamptz NOT NULL,
    closed_at       timestamptz,
    PRIMARY KEY (city_id, request_id),
    UNIQUE (city_id, receipt),
    FOREIGN KEY (city_id, conversation_id) REFERENCES conversation
);
SELECT city_table('callback_request');
