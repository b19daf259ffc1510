-- A resident may take a request back as long as nobody has taken it up.
ALTER TABLE callback_request ADD COLUMN withdrawn_at timestamptz;
