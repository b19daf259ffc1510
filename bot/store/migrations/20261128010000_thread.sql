-- A conversation as staff see it: who has it, since when somebody waits, what was said last.

CREATE TABLE thread (
    city_id         text NOT NULL,
    conversation_id uuid NOT NULL,
    channel         text NOT NULL,
    -- machine: it answers. waiting: it still helps, and a person was asked for. staff: a person answers, the machine is silent.
    mode            text NOT NULL DEFAULT 'machine' CHECK (mode IN ('machine', 'waiting', 'staff')),
    -- The hand-over that runs, if one does.
    handover_id     uuid,
    desk_id         text,
    -- A member of staff (the back office knows them).
    assignee        uuid,
    -- 1 as usual, 2 life and limb.
    urgency         smallint NOT NULL DEFAULT 1,
    -- The earliest words of the resident that no member of staff has answered.
    waiting_since   timestamptz,
    -- By when an answer is promised; worked out by the back office from the desk's opening hours.
    due_at          timestamptz,
    -- 0 nothing said yet, 1 those at the desk were warned, 2 its head was told.
    warned          smallint NOT NULL DEFAULT 0,
    snoozed_until   timestamptz,
    -- When silence ended the last hand-over: who writes soon after is brought before staff again.
    returned_at     timestamptz,
    -- The last thing that staff or the resident wrote while staff had it.
    talked_at       timestamptz,
    -- How many replies staff have sent: who answers says how many they had seen.
    replies         integer NOT NULL DEFAULT 0,
    unread          integer NOT NULL DEFAULT 0,
    last_at         timestamptz NOT NULL,
    -- The last words, cut short.
    preview         text NOT NULL DEFAULT '',
    lang            text NOT NULL DEFAULT 'ja',
    tags            text[] NOT NULL DEFAULT '{}',
    -- A person under protection: nothing is shown without a second look.
    protected       boolean NOT NULL DEFAULT false,
    PRIMARY KEY (city_id, conversation_id),
    FOREIGN KEY (city_id, conversation_id) REFERENCES conversation,
    FOREIGN KEY (city_id, desk_id) REFERENCES desk
) WITH (fillfactor = 70);
SELECT city_table('thread');
CREATE INDEX thread_open ON thread (city_id, urgency DESC, waiting_since) WHERE mode <> 'machine';
CREATE INDEX thread_last ON thread (city_id, last_at DESC);
CREATE INDEX thread_due ON thread (city_id, due_at) WHERE waiting_since IS NOT NULL;

-- One time that a person was wanted, from the wish to the end. What the figures and the promises are worked out from.
CREATE TABLE handover (
    city_id         text NOT NULL,
    handover_id     uuid NOT NULL,
    conversation_id uuid NOT NULL,
    reason          text NOT NULL CHECK (reason IN ('asked', 'callback', 'complaint', 'not_understood', 'emergency', 'staff', 'returned')),
    desk_id         text,
    opened_at       timestamptz NOT NULL,
    answered_at     timestamptz,
    closed_at       timestamptz,
    closed_by       text CHECK (closed_by IN ('staff', 'silence')),
    -- What the resident thought of it: 1 to 5 and a word.
    score           smallint CHECK (score BETWEEN 1 AND 5),
    word            text,
    PRIMARY KEY (city_id, handover_id),
    FOREIGN KEY (city_id, conversation_id) REFERENCES conversation
);
SELECT city_table('handover');
CREATE INDEX handover_opened ON handover (city_id, opened_at);
CREATE INDEX handover_conversation ON handover (city_id, conversation_id, opened_at DESC);

-- What the machine understood of an event and did with it.
CREATE TABLE understood (
    city_id         text NOT NULL,
    conversation_id uuid NOT NULL,
    seq             bigint NOT NULL,
    at              timestamptz NOT NULL,
    channel         text NOT NULL,
    intent          text,
    confidence      real,
    form            text,
    emergency       text,
    -- Nothing fitted: a sentence to learn from.
    missed          boolean NOT NULL DEFAULT false,
    -- A person had the conversation: the machine said nothing.
    silent          boolean NOT NULL DEFAULT false,
    -- Taken up for teaching, or put aside.
    taught_as       text,
    -- Pairs of neighbouring characters of the words, folded: finds any substring of two or more.
    grams           text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (city_id, conversation_id, seq),
    FOREIGN KEY (city_id, conversation_id, seq) REFERENCES inbox ON DELETE CASCADE
);
SELECT city_table('understood');
CREATE INDEX understood_at ON understood (city_id, at);
CREATE INDEX understood_missed ON understood (city_id, at DESC) WHERE missed AND taught_as IS NULL;
CREATE INDEX understood_grams ON understood USING gin (grams);

-- The conversations in which something like this was said, newest first. Row-level security keeps an index from being used
-- by operators that are not leak-proof; this function looks only into the city of the transaction.
-- Planned anew for each search: a rare word is looked up, a common one is found by going back in time.
CREATE FUNCTION said_like(wanted text[], most integer) RETURNS TABLE (conversation_id uuid, seq bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY EXECUTE 'SELECT u.conversation_id, u.seq FROM understood u WHERE u.city_id = $3 AND u.grams @> $1 ORDER BY u.at DESC LIMIT $2'
        USING wanted, most, current_setting('app.city', true);
END $$;
REVOKE ALL ON FUNCTION said_like(text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION said_like(text[], integer) TO madoguchi_app;

-- Who wrote an answer: null for the machine.
ALTER TABLE outbox ADD COLUMN author uuid;

CREATE INDEX alert_open ON alert (city_id, raised_at) WHERE acknowledged_at IS NULL;
ALTER TABLE alert ADD COLUMN acknowledged_by uuid;
