-- Procedures that a city's staff wrote, in every version; one of them is published, and older ones can be again.
CREATE TABLE procedure (
    city_id      text NOT NULL REFERENCES city,
    procedure_id text NOT NULL,
    version      integer NOT NULL CHECK (version > 0),
    source       text NOT NULL,
    published    boolean NOT NULL DEFAULT false,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (city_id, procedure_id, version)
);
SELECT city_table('procedure');
CREATE UNIQUE INDEX procedure_published ON procedure (city_id, procedure_id) WHERE published;

-- What residents handed in. The answers are sealed with the resident's key.
CREATE TABLE submission (
    city_id         text NOT NULL,
    submission_id   uuid NOT NULL,
    conversation_id uuid NOT NULL,
    procedure_id    text NOT NULL,
    version         integer NOT NULL,
    receipt         text NOT NULL,
    sealed          bytea NOT NULL,
    desk_id         text,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (city_id, submission_id),
    UNIQUE (city_id, receipt),
    FOREIGN KEY (city_id, procedure_id, version) REFERENCES procedure,
    FOREIGN KEY (city_id, conversation_id) REFERENCES conversation
);
SELECT city_table('submission');
