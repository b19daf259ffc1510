-- Staff: who they are, what they may, their sessions; what they note among themselves; what they did.

CREATE TABLE staff (
    city_id        text NOT NULL REFERENCES city,
    staff_id       uuid NOT NULL,
    -- What is typed at login.
    login          text NOT NULL CHECK (login ~ '^[a-z0-9][a-z0-9._-]{1,39}$'),
    -- As residents and colleagues see it.
    name           text NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    role           text NOT NULL CHECK (role IN ('administrator', 'editor', 'operator', 'outsourced', 'viewer')),
    -- Only conversations of these desks; empty: of all.
    desks          text[] NOT NULL DEFAULT '{}',
    -- argon2id, as a PHC string.
    password       text NOT NULL,
    -- The initial password must be changed at the first login.
    must_change    boolean NOT NULL DEFAULT true,
    failures       integer NOT NULL DEFAULT 0,
    locked_until   timestamptz,
    disabled_at    timestamptz,
    created_at     timestamptz NOT NULL,
    PRIMARY KEY (city_id, staff_id),
    UNIQUE (city_id, login)
);
SELECT city_table('staff');

CREATE TABLE staff_session (
    city_id    text NOT NULL,
    -- SHA-256 of the cookie's token: the table alone opens no session.
    token_hash bytea NOT NULL,
    staff_id   uuid NOT NULL,
    created_at timestamptz NOT NULL,
    -- The last time that the person (not a live update) did something.
    active_at  timestamptz NOT NULL,
    PRIMARY KEY (city_id, token_hash),
    FOREIGN KEY (city_id, staff_id) REFERENCES staff ON DELETE CASCADE
);
SELECT city_table('staff_session');
CREATE INDEX staff_session_staff ON staff_session (city_id, staff_id);

-- Notes among staff. No channel reads this table.
CREATE TABLE staff_note (
    city_id         text NOT NULL,
    note_id         uuid NOT NULL,
    conversation_id uuid NOT NULL,
    staff_id        uuid NOT NULL,
    at              timestamptz NOT NULL,
    text            text NOT NULL,
    PRIMARY KEY (city_id, note_id),
    FOREIGN KEY (city_id, conversation_id) REFERENCES conversation,
    FOREIGN KEY (city_id, staff_id) REFERENCES staff
);
SELECT city_table('staff_note');
CREATE INDEX staff_note_conversation ON staff_note (city_id, conversation_id, at);

-- Replies that are at hand: {name}, {desk} and {city} are filled in.
CREATE TABLE canned_reply (
    city_id  text NOT NULL REFERENCES city,
    reply_id uuid NOT NULL,
    title    text NOT NULL CHECK (length(title) BETWEEN 1 AND 60),
    text     text NOT NULL CHECK (length(text) BETWEEN 1 AND 2000),
    PRIMARY KEY (city_id, reply_id),
    UNIQUE (city_id, title)
);
SELECT city_table('canned_reply');

-- What a desk promises: minutes of its opening time until the first and every further answer, and who hears when it fails.
CREATE TABLE desk_promise (
    city_id       text NOT NULL,
    desk_id       text NOT NULL,
    first_minutes integer NOT NULL DEFAULT 30 CHECK (first_minutes BETWEEN 1 AND 10000),
    next_minutes  integer NOT NULL DEFAULT 60 CHECK (next_minutes BETWEEN 1 AND 10000),
    head          uuid,
    PRIMARY KEY (city_id, desk_id),
    FOREIGN KEY (city_id, desk_id) REFERENCES desk,
    FOREIGN KEY (city_id, head) REFERENCES staff (city_id, staff_id)
);
SELECT city_table('desk_promise');

-- What a member of staff is told: an answer is late.
CREATE TABLE staff_notice (
    city_id         text NOT NULL,
    notice_id       uuid NOT NULL,
    staff_id        uuid NOT NULL,
    conversation_id uuid NOT NULL,
    at              timestamptz NOT NULL,
    read_at         timestamptz,
    PRIMARY KEY (city_id, notice_id),
    FOREIGN KEY (city_id, staff_id) REFERENCES staff,
    FOREIGN KEY (city_id, conversation_id) REFERENCES conversation
);
SELECT city_table('staff_notice');
CREATE INDEX staff_notice_unread ON staff_notice (city_id, staff_id, at DESC) WHERE read_at IS NULL;

-- Who saw or changed what. Append only: nobody may change or remove a line, the owner neither. Opaque ids, no personal data.
CREATE TABLE audit (
    city_id  text NOT NULL REFERENCES city,
    audit_id uuid NOT NULL,
    at       timestamptz NOT NULL,
    -- Null: nobody was logged in.
    staff_id uuid,
    action   text NOT NULL,
    object   text NOT NULL DEFAULT '',
    detail   text NOT NULL DEFAULT '',
    address  text NOT NULL DEFAULT '',
    PRIMARY KEY (city_id, audit_id)
);
SELECT city_table('audit');
REVOKE UPDATE, DELETE ON audit FROM madoguchi_app;
CREATE INDEX audit_at ON audit (city_id, at DESC);
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER audit_keeps BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_stays BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
