-- Premium vouchers: books that a resident buys for less than they are worth, and spends in the city's shops.
CREATE TABLE voucher_campaign (
    city_id     text NOT NULL REFERENCES city,
    campaign_id text NOT NULL,
    name        text NOT NULL,
    -- Yen a book: what it costs and what it is worth.
    price       bigint NOT NULL CHECK (price > 0),
    worth       bigint NOT NULL CHECK (worth >= price),
    per_person  integer NOT NULL CHECK (per_person > 0),
    books       integer NOT NULL CHECK (books > 0),
    -- Given out so far, to be bought.
    granted     integer NOT NULL DEFAULT 0 CHECK (granted BETWEEN 0 AND books),
    apply_from  date NOT NULL,
    apply_to    date NOT NULL,
    buy_to      date NOT NULL,
    use_to      date NOT NULL,
    note        text NOT NULL DEFAULT '',
    PRIMARY KEY (city_id, campaign_id),
    CHECK (apply_from <= apply_to AND apply_to <= buy_to AND buy_to <= use_to)
);
SELECT city_table('voucher_campaign');

-- One person's part in a campaign. The person is known by a keyed hash of name and birthday, so that nobody applies twice.
CREATE TABLE voucher_purse (
    city_id     text NOT NULL,
    campaign_id text NOT NULL,
    contact_id  uuid NOT NULL,
    person      bytea NOT NULL,
    granted     integer NOT NULL CHECK (granted > 0),
    -- Being paid for, and paid for.
    pending     integer NOT NULL DEFAULT 0 CHECK (pending >= 0),
    bought      integer NOT NULL DEFAULT 0 CHECK (bought >= 0),
    balance     bigint NOT NULL DEFAULT 0 CHECK (balance >= 0),
    PRIMARY KEY (city_id, campaign_id, contact_id),
    UNIQUE (city_id, campaign_id, person),
    CHECK (pending + bought <= granted),
    FOREIGN KEY (city_id, campaign_id) REFERENCES voucher_campaign,
    FOREIGN KEY (city_id, contact_id) REFERENCES contact
);
SELECT city_table('voucher_purse');

CREATE TABLE voucher_purchase (
    city_id     text NOT NULL,
    purchase_id uuid NOT NULL,
    campaign_id text NOT NULL,
    contact_id  uuid NOT NULL,
    books       integer NOT NULL CHECK (books > 0),
    state       text NOT NULL CHECK (state IN ('open', 'paid', 'over')),
    PRIMARY KEY (city_id, purchase_id),
    FOREIGN KEY (city_id, campaign_id, contact_id) REFERENCES voucher_purse
);
SELECT city_table('voucher_purchase');

CREATE TABLE voucher_shop (
    city_id    text NOT NULL REFERENCES city,
    shop_id    text NOT NULL,
    name       text NOT NULL,
    kind       text NOT NULL DEFAULT '',
    address    text NOT NULL,
    lat        double precision NOT NULL,
    lng        double precision NOT NULL,
    -- A keyed hash of the shop's secret number; null: none has been given out.
    pin        bytea,
    misses     integer NOT NULL DEFAULT 0,
    missed_at  timestamptz,
    PRIMARY KEY (city_id, shop_id)
);
SELECT city_table('voucher_shop');

-- What a resident shows in a shop: for one payment, for a few minutes.
CREATE TABLE voucher_code (
    city_id     text NOT NULL,
    hash        bytea NOT NULL,
    campaign_id text NOT NULL,
    contact_id  uuid NOT NULL,
    conversation_id uuid NOT NULL,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz,
    PRIMARY KEY (city_id, hash),
    FOREIGN KEY (city_id, campaign_id, contact_id) REFERENCES voucher_purse
);
SELECT city_table('voucher_code');

-- Each payment in a shop; one a code.
CREATE TABLE voucher_use (
    city_id     text NOT NULL,
    use_id      uuid NOT NULL,
    hash        bytea NOT NULL,
    campaign_id text NOT NULL,
    contact_id  uuid NOT NULL,
    shop_id     text NOT NULL,
    amount      bigint NOT NULL CHECK (amount > 0),
    left_over   bigint NOT NULL CHECK (left_over >= 0),
    used_at     timestamptz NOT NULL,
    PRIMARY KEY (city_id, use_id),
    UNIQUE (city_id, hash),
    FOREIGN KEY (city_id, hash) REFERENCES voucher_code,
    FOREIGN KEY (city_id, shop_id) REFERENCES voucher_shop
);
SELECT city_table('voucher_use');
