-- What can be booked: facilities with rooms, nurseries with places by age, courses with sessions, districts of bulky waste. All are
-- content of the city, imported from files; what is taken of them is in the tables of the bookings.
CREATE TABLE facility (
    city_id      text NOT NULL REFERENCES city,
    facility_id  text NOT NULL,
    sort         text NOT NULL CHECK (sort IN ('facility', 'nursery', 'course', 'bulky')),
    name         text NOT NULL,
    kana         text NOT NULL DEFAULT '',
    -- Other names, separated by ・.
    also         text NOT NULL DEFAULT '',
    address      text NOT NULL DEFAULT '',
    lat          double precision,
    lng          double precision,
    phone        text,
    note         text NOT NULL DEFAULT '',
    -- What a resident must tell of themselves: phone, address (with it), birthday (with both).
    registration text NOT NULL DEFAULT 'phone' CHECK (registration IN ('phone', 'address', 'birthday')),
    -- Paid before it is confirmed (held for so many minutes), or later.
    pay          text NOT NULL DEFAULT 'before' CHECK (pay IN ('before', 'later')),
    hold_minutes integer NOT NULL DEFAULT 30 CHECK (hold_minutes BETWEEN 0 AND 10080),
    -- Bookable from `window_days` to `lead_days` business days before.
    lead_days    integer NOT NULL DEFAULT 0 CHECK (lead_days BETWEEN 0 AND 400),
    window_days  integer NOT NULL DEFAULT 60 CHECK (window_days BETWEEN 1 AND 400),
    -- How many bookings one person may have before them, and on one day. Null: as many as they like.
    per_person   integer CHECK (per_person > 0),
    per_day      integer CHECK (per_day > 0),
    -- So many minutes a freed place is kept for the next who waits.
    offer_minutes integer NOT NULL DEFAULT 120 CHECK (offer_minutes BETWEEN 0 AND 10080),
    -- Minutes that the door opens before and stays open after the booked time.
    door_before  integer NOT NULL DEFAULT 15 CHECK (door_before BETWEEN 0 AND 720),
    door_after   integer NOT NULL DEFAULT 15 CHECK (door_after BETWEEN 0 AND 720),
    PRIMARY KEY (city_id, facility_id)
);
SELECT city_table('facility');

CREATE TABLE room (
    city_id     text NOT NULL,
    room_id     text NOT NULL,
    facility_id text NOT NULL,
    name        text NOT NULL,
    kana        text NOT NULL DEFAULT '',
    -- What it is good for, separated by ・ (see intents/facilities/uses.rs).
    uses        text NOT NULL DEFAULT '',
    -- People at most; null: not counted.
    capacity    integer CHECK (capacity > 0),
    -- How many of its kind can be taken at the same time: half courts, places of a nursery, seats of a course.
    units       integer NOT NULL DEFAULT 1 CHECK (units BETWEEN 1 AND 1000),
    equipment   text NOT NULL DEFAULT '',
    -- Only adults may book it.
    adult       boolean NOT NULL DEFAULT false,
    -- Minutes to be left free after a booking.
    buffer      integer NOT NULL DEFAULT 0 CHECK (buffer BETWEEN 0 AND 240),
    -- The slots of each weekday, and the days closed, in the grammar of model::Hours.
    hours       text NOT NULL,
    closed      text NOT NULL DEFAULT '',
    -- Slots are cut into pieces of so many minutes; 0: they are taken as they are.
    step        integer NOT NULL DEFAULT 0 CHECK (step BETWEEN 0 AND 720),
    -- So many neighbouring slots can be taken in one booking.
    most        integer NOT NULL DEFAULT 1 CHECK (most BETWEEN 1 AND 48),
    -- Its months are drawn by lot first.
    lottery     boolean NOT NULL DEFAULT false,
    -- Which door opens by a pass code; empty: none.
    door        text NOT NULL DEFAULT '',
    -- The ages (completed years) that a place of a nursery is for.
    from_age    integer,
    to_age      integer,
    -- The one day of a course's session.
    on_day      date,
    PRIMARY KEY (city_id, room_id),
    FOREIGN KEY (city_id, facility_id) REFERENCES facility
);
SELECT city_table('room');

-- What a slot costs, by who uses it and on which days. Yen 0 is an exemption. No row at all: it costs nothing.
CREATE TABLE room_fee (
    city_id text NOT NULL,
    room_id text NOT NULL,
    -- resident, nonresident, club (registered with the city), welfare.
    grp     text NOT NULL CHECK (grp IN ('resident', 'nonresident', 'club', 'welfare')),
    days    text NOT NULL CHECK (days IN ('all', 'weekday', 'weekend')),
    per     text NOT NULL CHECK (per IN ('slot', 'hour', 'booking')),
    yen     bigint NOT NULL CHECK (yen BETWEEN 0 AND 1000000),
    PRIMARY KEY (city_id, room_id, grp, days),
    FOREIGN KEY (city_id, room_id) REFERENCES room
);
SELECT city_table('room_fee');

-- What can be had with it: lights, a piano.
CREATE TABLE room_option (
    city_id   text NOT NULL,
    room_id   text NOT NULL,
    option_id text NOT NULL,
    name      text NOT NULL,
    per       text NOT NULL CHECK (per IN ('slot', 'hour', 'booking')),
    yen       bigint NOT NULL CHECK (yen BETWEEN 0 AND 1000000),
    PRIMARY KEY (city_id, room_id, option_id),
    FOREIGN KEY (city_id, room_id) REFERENCES room
);
SELECT city_table('room_option');

-- Days on which a facility, or one of its rooms, is closed besides its usual days.
CREATE TABLE room_closure (
    city_id     text NOT NULL,
    facility_id text NOT NULL,
    -- '' : the whole facility.
    room_id     text NOT NULL DEFAULT '',
    from_date   date NOT NULL,
    to_date     date NOT NULL CHECK (to_date >= from_date),
    reason      text NOT NULL DEFAULT '',
    PRIMARY KEY (city_id, facility_id, room_id, from_date),
    FOREIGN KEY (city_id, facility_id) REFERENCES facility
);
SELECT city_table('room_closure');

-- Bulky things and what their pick-up costs.
CREATE TABLE bulky_item (
    city_id text NOT NULL REFERENCES city,
    item_id text NOT NULL,
    name    text NOT NULL,
    -- Other names, separated by ・.
    also    text NOT NULL DEFAULT '',
    yen     bigint NOT NULL CHECK (yen BETWEEN 0 AND 100000),
    PRIMARY KEY (city_id, item_id)
);
SELECT city_table('bulky_item');
