-- Who books: registered once per city, sealed with the contact's key (place `registrant`).
CREATE TABLE registrant (
    city_id         text NOT NULL,
    contact_id      uuid NOT NULL,
    -- A conversation of the contact, by which it is opened.
    conversation_id uuid NOT NULL,
    sealed          bytea NOT NULL,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (city_id, contact_id),
    FOREIGN KEY (city_id, contact_id) REFERENCES contact,
    FOREIGN KEY (city_id, conversation_id) REFERENCES conversation
);
SELECT city_table('registrant');

-- A booking of anything: rooms, places of a nursery, seats of a course, pick-ups of bulky waste.
--
--   waiting ─► offered ─► held ─► confirmed ─► cancelled
--   entered ─► held | lost    └─► lapsed
CREATE TABLE booking (
    city_id         text NOT NULL REFERENCES city,
    booking_id      uuid NOT NULL,
    -- What people call it: R-482913-7.
    number          text NOT NULL,
    sort            text NOT NULL CHECK (sort IN ('facility', 'nursery', 'course', 'bulky')),
    facility_id     text NOT NULL,
    room_id         text NOT NULL,
    -- Null: entered by staff, for somebody who called or for the city itself.
    conversation_id uuid,
    -- The member of staff who entered it.
    author          uuid,
    state           text NOT NULL CHECK (state IN ('waiting', 'offered', 'entered', 'lost', 'held', 'confirmed', 'cancelled', 'lapsed')),
    from_at         timestamptz NOT NULL,
    to_at           timestamptz NOT NULL CHECK (to_at > from_at),
    -- How many units of the room.
    units           integer NOT NULL DEFAULT 1 CHECK (units > 0),
    people          integer CHECK (people > 0),
    grp             text NOT NULL DEFAULT '',
    options         text NOT NULL DEFAULT '',
    yen             bigint NOT NULL DEFAULT 0 CHECK (yen >= 0),
    -- Held for a payment, or offered to one who waited, until then.
    held_until      timestamptz,
    -- The draw that it took part in, and its place in it.
    round_id        text,
    drawn           integer,
    -- Name, phone and what else the place must know; sealed with the contact's key (place `booking`), or with the city's where staff
    -- entered it.
    sealed          bytea,
    -- For the city's own use: what for. Nothing of a resident.
    title           text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL,
    ended_at        timestamptz,
    PRIMARY KEY (city_id, booking_id),
    UNIQUE (city_id, number),
    CHECK (state NOT IN ('held', 'offered') OR held_until IS NOT NULL),
    FOREIGN KEY (city_id, conversation_id) REFERENCES conversation
);
SELECT city_table('booking');
CREATE INDEX booking_mine ON booking (city_id, conversation_id, from_at);
CREATE INDEX booking_room ON booking (city_id, room_id, from_at);
CREATE INDEX booking_round ON booking (city_id, round_id) WHERE round_id IS NOT NULL;

-- What is taken: one row a unit, time to clear up included. That nothing is taken twice is the database's own rule.
CREATE TABLE booking_unit (
    city_id    text NOT NULL,
    booking_id uuid NOT NULL,
    room_id    text NOT NULL,
    unit       integer NOT NULL,
    from_at    timestamptz NOT NULL,
    to_at      timestamptz NOT NULL,
    -- As in the booking: what has run out takes nothing any more, and goes when somebody else wants the place.
    held_until timestamptz,
    during     tstzrange NOT NULL GENERATED ALWAYS AS (tstzrange(from_at, to_at)) STORED,
    PRIMARY KEY (city_id, booking_id, unit),
    FOREIGN KEY (city_id, booking_id) REFERENCES booking,
    CONSTRAINT booked_once EXCLUDE USING gist (city_id WITH =, room_id WITH =, unit WITH =, during WITH &&)
);
SELECT city_table('booking_unit');
CREATE INDEX booking_unit_days ON booking_unit (city_id, from_at) INCLUDE (room_id, unit, to_at, held_until);

-- A draw: one room, one month. Whoever has the seed and the entries' numbers comes to the same result; the seed's hash is told with
-- every entry, so that it cannot be chosen afterwards.
CREATE TABLE draw_round (
    city_id    text NOT NULL REFERENCES city,
    -- <room>/<yyyy-mm>
    round_id   text NOT NULL,
    room_id    text NOT NULL,
    seed       text NOT NULL,
    seed_hash  text NOT NULL,
    closes_at  timestamptz NOT NULL,
    drawn_at   timestamptz,
    PRIMARY KEY (city_id, round_id)
);
SELECT city_table('draw_round');

-- A pass code of a door, for one booking.
CREATE TABLE door_pass (
    city_id    text NOT NULL,
    booking_id uuid NOT NULL,
    door       text NOT NULL,
    from_at    timestamptz NOT NULL,
    until_at   timestamptz NOT NULL,
    state      text NOT NULL CHECK (state IN ('wanted', 'issued', 'revoked')),
    -- Sealed with the contact's key (place `door`), or with the city's.
    sealed     bytea,
    PRIMARY KEY (city_id, booking_id),
    FOREIGN KEY (city_id, booking_id) REFERENCES booking
);
SELECT city_table('door_pass');

-- How rooms are used, for the figures: one row a confirmed booking that was or will be used, city's own use left out.
CREATE VIEW booking_use WITH (security_invoker = true) AS
    SELECT b.city_id, b.booking_id, b.sort, b.facility_id, b.room_id, b.from_at, b.to_at, b.units, b.people, b.yen,
           extract(epoch FROM b.to_at - b.from_at) / 3600.0 AS hours,
           -- Paid by which way; null while it is not paid.
           (SELECT l.paid_by FROM bill l WHERE l.city_id = b.city_id AND l.kind = 'booking' AND l.subject = b.booking_id AND l.paid_by IS NOT NULL
            ORDER BY l.created_at LIMIT 1) AS paid_by
    FROM booking b
    WHERE b.state = 'confirmed' AND b.title = '';
GRANT SELECT ON booking_use TO madoguchi_app;
