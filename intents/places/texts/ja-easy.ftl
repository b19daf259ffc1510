# ja-easy
