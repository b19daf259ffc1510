-- What residents wanted done with their own data, and when it was. Opaque ids only: it outlives what it tells of.
CREATE TABLE privacy_request (
    city_id         text NOT NULL,
    request_id      uuid NOT NULL,
    conversation_id uuid NOT NULL,
    receipt         text NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('export', 'delete')),
    asked_at        timestamptz NOT NULL,
    done_at         timestamptz,
    withdrawn_at    timestamptz,
    PRIMARY KEY (city_id, request_id),
    UNIQUE (city_id, receipt),
    FOREIGN KEY (city_id, conversation_id) REFERENCES conversation
);
SELECT city_table('privacy_request');
