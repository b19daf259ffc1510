-- The core: cities, people, conversations, what comes in and what goes out.
--
-- Every table is a city's: city_id leads every key, and row-level security is forced. The application sets the
-- city per transaction (app.city). Three roles: the owner (migrations), madoguchi_app (one city at a time) and
-- madoguchi_queue (all cities, but only ids, times and leases).

DO $$ BEGIN
    CREATE ROLE madoguchi_app NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN
    CREATE ROLE madoguchi_queue NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
-- Another database of the same cluster may be doing the same at this moment; the grants are then there already.
DO $$ BEGIN
    EXECUTE format('GRANT madoguchi_app, madoguchi_queue TO %I', current_user);
EXCEPTION WHEN OTHERS THEN
    IF NOT (pg_has_role(current_user, 'madoguchi_app', 'MEMBER') AND pg_has_role(current_user, 'madoguchi_queue', 'MEMBER')) THEN
        RAISE;
    END IF;
END $$;

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Makes a table a city's table. Every migration calls it for every table it creates.
CREATE FUNCTION city_table(name regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY one_city ON %s USING (city_id = current_setting(''app.city'', true)) '
                   'WITH CHECK (city_id = current_setting(''app.city'', true))', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO madoguchi_app', name);
END $$;

-- Which cities there are is no secret; what they hold is.
CREATE TABLE city (
    city_id         text PRIMARY KEY CHECK (city_id ~ '^[a-z][a-z0-9-]{1,30}$'),
    name            text NOT NULL,
    zone            text NOT NULL,
    -- Settings of the city: bounds, links, channels, greeting (see city.toml).
    profile         jsonb NOT NULL,
    -- Raised by every import, so that what is kept in memory of a city's content is known to be old.
    content_version bigint NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE ON city TO madoguchi_app;
GRANT SELECT (city_id, content_version) ON city TO madoguchi_queue;

-- The key of a city, wrapped by the installation's key, which is in no database.
CREATE TABLE city_key (
    city_id text PRIMARY KEY REFERENCES city,
    wrapped bytea NOT NULL
);
SELECT city_table('city_key');

CREATE TABLE desk (
    city_id text NOT NULL REFERENCES city,
    desk_id text NOT NULL,
    name    text NOT NULL,
    kana    text NOT NULL DEFAULT '',
    phone   text,
    hours   text,
    address text,
    -- Words that lead here, separated by ・.
    topics  text NOT NULL DEFAULT '',
    PRIMARY KEY (city_id, desk_id)
);
SELECT city_table('desk');

-- The human behind one or more accounts. Destroying the key makes everything sealed with it unreadable.
CREATE TABLE contact (
    city_id     text NOT NULL REFERENCES city,
    contact_id  uuid NOT NULL,
    wrapped_key bytea,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (city_id, contact_id)
);
SELECT city_table('contact');

-- Orders all messages of a conversation, in and out. Taken only under the lock of the conversation's row, so that
-- within a conversation a larger number was committed later.
CREATE SEQUENCE message_seq;
GRANT USAGE ON SEQUENCE message_seq TO madoguchi_app;

CREATE TABLE conversation (
    city_id         text NOT NULL REFERENCES city,
    conversation_id uuid NOT NULL,
    contact_id      uuid NOT NULL,
    channel         text NOT NULL CHECK (channel IN ('line', 'web', 'phone')),
    -- The platform's id of the resident on this channel.
    account         text NOT NULL,
    -- Answers go to the session that waits for them (terminal, call) and not through delivery.
    live            boolean NOT NULL DEFAULT false,
    -- The resident has blocked us: nothing is sent any more.
    blocked         boolean NOT NULL DEFAULT false,
    -- The dialogue's state, sealed with the contact's key.
    state           bytea,
    state_version   smallint NOT NULL DEFAULT 0,
    -- Raised by every arrival. A turn that ends compares it with what it saw when it began.
    head            bigint NOT NULL DEFAULT 0,
    -- Not null while there is something to do.
    ready_at        timestamptz,
    lease_token     uuid,
    lease_until     timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (city_id, conversation_id),
    UNIQUE (city_id, channel, account),
    FOREIGN KEY (city_id, contact_id) REFERENCES contact
) WITH (fillfactor = 70);
SELECT city_table('conversation');
CREATE INDEX conversation_ready ON conversation (ready_at) WHERE ready_at IS NOT NULL;
CREATE POLICY queue ON conversation TO madoguchi_queue USING (true);
GRANT SELECT (city_id, conversation_id, live, ready_at, lease_token, lease_until),
      UPDATE (ready_at, lease_token, lease_until) ON conversation TO madoguchi_queue;

CREATE TABLE inbox (
    city_id          text NOT NULL,
    conversation_id  uuid NOT NULL,
    seq              bigint NOT NULL DEFAULT nextval('message_seq'),
    event_id         uuid NOT NULL,
    channel          text NOT NULL,
    -- The platform's id of the event: the same id twice is the same event.
    platform_id      text NOT NULL,
    arrived_at       timestamptz NOT NULL,
    content          jsonb NOT NULL,
    reply_token      text,
    reply_expires_at timestamptz,
    handled_at       timestamptz,
    attempts         smallint NOT NULL DEFAULT 0,
    -- Why it could not be handled. Such an event is answered with an apology and a way to a person.
    failure          text,
    PRIMARY KEY (city_id, conversation_id, seq),
    UNIQUE (city_id, channel, platform_id),
    FOREIGN KEY (city_id, conversation_id) REFERENCES conversation
) WITH (fillfactor = 80);
SELECT city_table('inbox');
CREATE INDEX inbox_open ON inbox (city_id, conversation_id, seq) WHERE handled_at IS NULL;

CREATE TABLE outbox (
    city_id          text NOT NULL,
    conversation_id  uuid NOT NULL,
    seq              bigint NOT NULL DEFAULT nextval('message_seq'),
    message_id       uuid NOT NULL,
    -- The event that this answers.
    cause            uuid,
    channel          text NOT NULL,
    account          text NOT NULL,
    reply            jsonb NOT NULL,
    -- 0 low, 1 normal, 2 urgent.
    urgency          smallint NOT NULL DEFAULT 1,
    reply_token      text,
    reply_expires_at timestamptz,
    -- Makes a repeated push harmless.
    retry_key        uuid NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT now(),
    -- Not null while it must still be sent.
    due_at           timestamptz,
    attempts         smallint NOT NULL DEFAULT 0,
    -- Set before every call, cleared when its outcome is known: an attempt may have gone through unnoticed.
    in_doubt         boolean NOT NULL DEFAULT false,
    lease_token      uuid,
    lease_until      timestamptz,
    -- How it ended: replied, pushed, stored (a live session reads it), blocked, refused, given-up, empty.
    outcome          text,
    error            text,
    finished_at      timestamptz,
    PRIMARY KEY (city_id, conversation_id, seq),
    FOREIGN KEY (city_id, conversation_id) REFERENCES conversation
) WITH (fillfactor = 70);
SELECT city_table('outbox');
CREATE INDEX outbox_due ON outbox (urgency DESC, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX outbox_open ON outbox (city_id, conversation_id, seq) WHERE due_at IS NOT NULL;
CREATE POLICY queue ON outbox TO madoguchi_queue USING (true);
GRANT SELECT (city_id, conversation_id, seq, channel, urgency, due_at, attempts, in_doubt, lease_token, lease_until),
      UPDATE (attempts, in_doubt, lease_token, lease_until) ON outbox TO madoguchi_queue;

-- Something that a member of staff must hear of at once. The inbox of the back office will read it.
CREATE TABLE alert (
    city_id         text NOT NULL,
    alert_id        uuid NOT NULL,
    conversation_id uuid NOT NULL,
    kind            text NOT NULL,
    raised_at       timestamptz NOT NULL,
    acknowledged_at timestamptz,
    PRIMARY KEY (city_id, alert_id),
    FOREIGN KEY (city_id, conversation_id) REFERENCES conversation
);
SELECT city_table('alert');

-- What the platform says of its monthly allowance of pushed messages.
CREATE TABLE push_quota (
    city_id    text NOT NULL REFERENCES city,
    channel    text NOT NULL,
    -- Null: without limit.
    allowance  bigint,
    used       bigint NOT NULL,
    checked_at timestamptz NOT NULL,
    PRIMARY KEY (city_id, channel)
);
SELECT city_table('push_quota');
