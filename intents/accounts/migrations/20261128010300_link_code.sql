-- A code by which a conversation goes on elsewhere: one at a time, kept as a keyed hash, gone when it is used.
CREATE TABLE link_code (
    city_id         text NOT NULL,
    conversation_id uuid NOT NULL,
    hash            bytea NOT NULL,
    expires_at      timestamptz NOT NULL,
    PRIMARY KEY (city_id, conversation_id),
    UNIQUE (city_id, hash),
    FOREIGN KEY (city_id, conversation_id) REFERENCES conversation
);
SELECT city_table('link_code');

-- Codes that were wrong: guessing is limited for an account and for the city.
CREATE TABLE link_miss (
    city_id         text NOT NULL,
    miss_id         uuid NOT NULL,
    conversation_id uuid NOT NULL,
    at              timestamptz NOT NULL,
    PRIMARY KEY (city_id, miss_id),
    FOREIGN KEY (city_id, conversation_id) REFERENCES conversation
);
SELECT city_table('link_miss');
CREATE INDEX link_miss_at ON link_miss (city_id, at);
