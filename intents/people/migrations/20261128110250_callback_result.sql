-- What came of a call back; one that reached nobody stays open.
ALTER TABLE callback_request ADD COLUMN result text CHECK (result IN ('talked', 'absent', 'written'));
CREATE INDEX callback_open ON callback_request (city_id, created_at) WHERE closed_at IS NULL AND withdrawn_at IS NULL;
