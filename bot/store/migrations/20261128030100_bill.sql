-- What residents owe, what came in, what goes back, and the ledger that all of it is booked in.

-- A live session (terminal, call) does the jobs of its conversation itself, whatever their key.
ALTER TABLE job ADD COLUMN session text;
GRANT SELECT (session) ON job TO madoguchi_queue;

CREATE TABLE bill (
    city_id         text NOT NULL REFERENCES city,
    bill_id         uuid NOT NULL,
    -- What people call it; it says nothing of any other bill.
    number          text NOT NULL,
    -- The service that owns it, and its own id of what is paid for.
    kind            text NOT NULL,
    subject         uuid NOT NULL,
    -- Who pays; null where only the counter knows the person.
    conversation_id uuid,
    title           text NOT NULL,
    lines           jsonb NOT NULL,
    total           bigint NOT NULL CHECK (total BETWEEN 0 AND 100000000),
    state           text NOT NULL CHECK (state IN ('open', 'paid', 'late', 'partly_refunded', 'refunded', 'cancelled', 'expired')),
    paid            bigint NOT NULL DEFAULT 0 CHECK (paid IN (0, total)),
    refund_asked    bigint NOT NULL DEFAULT 0 CHECK (refund_asked BETWEEN 0 AND paid),
    refunded        bigint NOT NULL DEFAULT 0 CHECK (refunded BETWEEN 0 AND refund_asked),
    due_at          timestamptz NOT NULL,
    hold_until      timestamptz,
    created_at      timestamptz NOT NULL,
    paid_at         timestamptz,
    paid_by         text,
    PRIMARY KEY (city_id, bill_id),
    UNIQUE (city_id, number),
    FOREIGN KEY (city_id, conversation_id) REFERENCES conversation
);
SELECT city_table('bill');
CREATE INDEX bill_subject ON bill (city_id, kind, subject);
CREATE INDEX bill_conversation ON bill (city_id, conversation_id, created_at);

-- Money that came in, each once: the provider's own id of the payment is unique.
CREATE TABLE payment (
    city_id      text NOT NULL,
    payment_id   uuid NOT NULL,
    bill_id      uuid NOT NULL,
    -- stripe, paypay, sandbox, cash.
    provider     text NOT NULL,
    reference    text NOT NULL,
    amount       bigint NOT NULL CHECK (amount BETWEEN 1 AND 100000000),
    -- counted: it pays the bill. excess: the bill was paid already. held: it is not what was asked for; staff decide.
    state        text NOT NULL CHECK (state IN ('counted', 'excess', 'held')),
    refund_asked bigint NOT NULL DEFAULT 0 CHECK (refund_asked BETWEEN 0 AND amount),
    came_at      timestamptz NOT NULL,
    PRIMARY KEY (city_id, payment_id),
    UNIQUE (city_id, provider, reference),
    FOREIGN KEY (city_id, bill_id) REFERENCES bill
);
SELECT city_table('payment');
-- One payment pays a bill.
CREATE UNIQUE INDEX payment_counted ON payment (city_id, bill_id) WHERE state = 'counted';
CREATE INDEX payment_bill ON payment (city_id, bill_id);

-- Money that goes back.
CREATE TABLE refund (
    city_id    text NOT NULL,
    refund_id  uuid NOT NULL,
    bill_id    uuid NOT NULL,
    payment_id uuid NOT NULL,
    amount     bigint NOT NULL CHECK (amount > 0),
    way        text NOT NULL CHECK (way IN ('as_paid', 'bank')),
    -- The bank account, sealed with the resident's key.
    sealed     bytea,
    reason     text NOT NULL,
    -- asked: staff must say yes first. approved: to be done. failed: the provider would not; staff do it another way.
    state      text NOT NULL CHECK (state IN ('asked', 'approved', 'done', 'refused', 'failed')),
    -- Why it was refused, or failed.
    why        text,
    cause      text NOT NULL,
    asked_at   timestamptz NOT NULL,
    ended_at   timestamptz,
    PRIMARY KEY (city_id, refund_id),
    UNIQUE (city_id, cause),
    FOREIGN KEY (city_id, bill_id) REFERENCES bill,
    FOREIGN KEY (city_id, payment_id) REFERENCES payment,
    CHECK (way <> 'bank' OR sealed IS NOT NULL)
);
SELECT city_table('refund');
CREATE INDEX refund_bill ON refund (city_id, bill_id);
CREATE INDEX refund_open ON refund (city_id, asked_at) WHERE state IN ('asked', 'approved', 'failed');

-- The ledger: double entry, append only. A transaction has one cause, and a cause makes one transaction of a kind. Ids only,
-- nothing personal: it stays when a person is forgotten.
CREATE TABLE ledger_transaction (
    city_id        text NOT NULL REFERENCES city,
    transaction_id uuid NOT NULL,
    kind           text NOT NULL,
    cause          text NOT NULL,
    -- The bill that it is about, if it is about one.
    bill_id        uuid,
    at             timestamptz NOT NULL,
    PRIMARY KEY (city_id, transaction_id),
    UNIQUE (city_id, kind, cause),
    FOREIGN KEY (city_id, bill_id) REFERENCES bill
);
SELECT city_table('ledger_transaction');
CREATE INDEX ledger_transaction_bill ON ledger_transaction (city_id, bill_id);

CREATE TABLE ledger_entry (
    city_id        text NOT NULL,
    transaction_id uuid NOT NULL,
    -- receivable, revenue, suspense, refunds_due, cash, bank, provider:<name>; vouchers, subsidy, shops_due.
    account        text NOT NULL,
    -- Yen; debit above nothing, credit below.
    amount         bigint NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (city_id, transaction_id, account),
    FOREIGN KEY (city_id, transaction_id) REFERENCES ledger_transaction
);
SELECT city_table('ledger_entry');
CREATE INDEX ledger_entry_account ON ledger_entry (city_id, account);

CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append only: write a transaction that corrects' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transaction EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry EXECUTE FUNCTION ledger_is_append_only();
REVOKE UPDATE, DELETE ON ledger_transaction, ledger_entry FROM madoguchi_app;

-- Looked at when everything of a commit is there.
CREATE FUNCTION ledger_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    total bigint;
    entries bigint;
BEGIN
    SELECT sum(amount), count(*) INTO total, entries FROM ledger_entry WHERE city_id = NEW.city_id AND transaction_id = NEW.transaction_id;
    IF entries < 2 OR total <> 0 THEN
        RAISE EXCEPTION 'the ledger transaction % does not sum: % entries, % over', NEW.transaction_id, entries, total USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER sums AFTER INSERT ON ledger_transaction DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_sums();
CREATE CONSTRAINT TRIGGER sums AFTER INSERT ON ledger_entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_sums();
