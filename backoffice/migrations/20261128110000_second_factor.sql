-- A second factor, sign-on by another house's account, and what a session is bound to.

ALTER TABLE staff
    -- The secret of the one-time codes, sealed with the city's key; null: there is none.
    ADD COLUMN totp      bytea,
    -- The last time step whose code was used: no code opens twice.
    ADD COLUMN totp_step bigint NOT NULL DEFAULT 0,
    -- Whom the identity provider knows them as; an administrator writes it down.
    ADD COLUMN sign_on   text CHECK (length(sign_on) BETWEEN 1 AND 255);
CREATE UNIQUE INDEX staff_sign_on ON staff (city_id, sign_on) WHERE sign_on IS NOT NULL;

-- For whoever has lost the device: each opens once. Keyed hashes.
CREATE TABLE staff_recovery (
    city_id   text NOT NULL,
    staff_id  uuid NOT NULL,
    code_hash bytea NOT NULL,
    used_at   timestamptz,
    PRIMARY KEY (city_id, staff_id, code_hash),
    FOREIGN KEY (city_id, staff_id) REFERENCES staff ON DELETE CASCADE
);
SELECT city_table('staff_recovery');

ALTER TABLE staff_session
    -- Only the password was right so far: nothing but the question for the code is shown.
    ADD COLUMN half    boolean NOT NULL DEFAULT false,
    -- Came by the identity provider, which asks for a second factor itself.
    ADD COLUMN by_sign_on boolean NOT NULL DEFAULT false,
    -- Of the browser it was opened with: a cookie that turns up in another ends the session.
    ADD COLUMN browser_hash bytea NOT NULL DEFAULT '',
    -- As shown to its owner.
    ADD COLUMN browser text NOT NULL DEFAULT '',
    ADD COLUMN address text NOT NULL DEFAULT '';
