-- Attempts to pay a bill by a provider's page. What came in is in the table payment; here is how it was tried.
CREATE TABLE payment_attempt (
    city_id         text NOT NULL,
    attempt_id      uuid NOT NULL,
    bill_id         uuid NOT NULL,
    -- Who wanted it, in which language.
    conversation_id uuid,
    lang            text NOT NULL,
    provider        text NOT NULL,
    -- new: the page is being made. open: it takes money. closing: it shall not any more, and whether it did is being asked.
    -- paid, over: ended. failed: the provider would not make it. held: what came is not what was asked for.
    state           text NOT NULL CHECK (state IN ('new', 'open', 'closing', 'paid', 'over', 'failed', 'held')),
    reference       text,
    url             text,
    problem         text,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    PRIMARY KEY (city_id, attempt_id),
    FOREIGN KEY (city_id, bill_id) REFERENCES bill
);
SELECT city_table('payment_attempt');
-- One page takes money for a bill at a time.
CREATE UNIQUE INDEX payment_attempt_live ON payment_attempt (city_id, bill_id) WHERE state IN ('new', 'open');
CREATE INDEX payment_attempt_bill ON payment_attempt (city_id, bill_id);

-- Notices of providers, as they came: the same id is the same notice. Only what is needed is kept of them.
CREATE TABLE payment_notice (
    city_id    text NOT NULL REFERENCES city,
    provider   text NOT NULL,
    notice_id  text NOT NULL,
    kind       text NOT NULL,
    attempt_id uuid,
    came_at    timestamptz NOT NULL,
    PRIMARY KEY (city_id, provider, notice_id)
);
SELECT city_table('payment_notice');

-- The built-in provider for trying out: its own books, in which no money moves.
CREATE TABLE sandbox_page (
    city_id    text NOT NULL REFERENCES city,
    page_id    uuid NOT NULL,
    title      text NOT NULL,
    amount     bigint NOT NULL,
    state      text NOT NULL CHECK (state IN ('open', 'paid', 'over')),
    return_url text NOT NULL,
    expires_at timestamptz NOT NULL,
    paid_at    timestamptz,
    PRIMARY KEY (city_id, page_id)
);
SELECT city_table('sandbox_page');
CREATE TABLE sandbox_refund (
    city_id   text NOT NULL,
    refund_id uuid NOT NULL,
    page_id   uuid NOT NULL,
    amount    bigint NOT NULL CHECK (amount > 0),
    given_at  timestamptz NOT NULL,
    PRIMARY KEY (city_id, refund_id),
    FOREIGN KEY (city_id, page_id) REFERENCES sandbox_page
);
SELECT city_table('sandbox_refund');

-- What the daily comparison with a provider's books found.
CREATE TABLE reconciliation (
    city_id     text NOT NULL REFERENCES city,
    provider    text NOT NULL,
    checked_at  timestamptz NOT NULL,
    from_at     timestamptz NOT NULL,
    compared    integer NOT NULL,
    differences jsonb NOT NULL,
    PRIMARY KEY (city_id, provider, checked_at)
);
SELECT city_table('reconciliation');

-- How things can be paid, by what they are: the city's own words.
CREATE TABLE payment_method (
    city_id   text NOT NULL REFERENCES city,
    method_id text NOT NULL,
    name      text NOT NULL,
    -- Words that lead here, separated by ・.
    topics    text NOT NULL DEFAULT '',
    ways      text NOT NULL,
    note      text NOT NULL DEFAULT '',
    PRIMARY KEY (city_id, method_id)
);
SELECT city_table('payment_method');

-- The picture of the seal that a city puts on receipts.
CREATE TABLE city_seal (
    city_id text PRIMARY KEY REFERENCES city,
    png     bytea NOT NULL
);
SELECT city_table('city_seal');
