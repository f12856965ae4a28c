-- Placements that had begun by the day; where the carer stays the same, the next one goes on.
WITH placement AS (
  SELECT id, person_id, start, file_row_number AS number,
    CASE WHEN "end" <= getvariable('as_at') THEN "end" ELSE DATE '9999-01-01' END AS "end",
    coalesce(carer_continues, false) AND lag("end") OVER child = start AS goes_on
  FROM read_parquet(getvariable('folder') || '/placement.parquet', file_row_number = true)
  WHERE start <= getvariable('as_at')
  WINDOW child AS (PARTITION BY person_id ORDER BY start, id)
),
member AS (
  SELECT *, max(CASE WHEN NOT goes_on THEN number END) OVER (
      PARTITION BY person_id ORDER BY start, id ROWS UNBOUNDED PRECEDING) AS scope
  FROM placement
),
joined AS (
  SELECT scope, person_id, min(start) AS start, max("end") AS "end"
  FROM member GROUP BY scope, person_id
),
-- A visit on the day on which a placement ends still counts for it, unless another begins then.
scope AS (
  SELECT *, "end" - EXISTS (
      FROM placement p WHERE p.person_id = j.person_id AND p.start = j."end")::INT AS last_act
  FROM joined j
),
visit AS (
  SELECT person_id, date AS day, kind = 'cla' AND seen AS counts
  FROM read_parquet(getvariable('folder') || '/visit.parquet')
  WHERE (kind = 'cla' AND seen) IS NOT false AND date <= getvariable('as_at')
),
act AS (
  SELECT scope, day, counts, "end", last_act
  FROM visit JOIN scope USING (person_id)
  WHERE day BETWEEN start AND last_act
),
undecided AS (SELECT scope, list(day) AS days FROM act WHERE counts IS NULL GROUP BY scope),
-- What changes the interval, and when: each a step up or down of one of six numbers.
change AS (
  SELECT scope, start AS day, 0 AS later, 0 AS permanent, 0 AS lasting,
    0 AS by_child, 0 AS by_iro, 0 AS by_whom, 0 AS away
  FROM scope
  UNION ALL  -- the first year is over: the day after it, where 29 February has no like
  SELECT scope, (start + INTERVAL 1 YEAR)::DATE + (day(start) > day(start + INTERVAL 1 YEAR))::INT,
    1, 0, 0, 0, 0, 0, 0
  FROM scope
  UNION ALL
  SELECT scope, date, 0, 1, 0, 0, 0, 0, 0
  FROM read_parquet(getvariable('folder') || '/permanence_agreed.parquet') e
  JOIN member ON member.id = e.placement_id
  WHERE date <= getvariable('as_at')
  UNION ALL
  SELECT scope, unnest([e.start, e."end"]), 0, 0, unnest([1, -1]), 0, 0, 0, 0
  FROM read_parquet(getvariable('folder') || '/long_term_foster.parquet') e
  JOIN member ON member.id = e.placement_id
  WHERE e.start <= getvariable('as_at')
  UNION ALL
  SELECT scope, unnest([e.start, e."end"]), 0, 0, 0,
    unnest([1, -1]) * coalesce(given_by = 'child', false)::INT,
    unnest([1, -1]) * coalesce(given_by = 'IRO', false)::INT,
    unnest([1, -1]) * (given_by IS NULL)::INT, 0
  FROM read_parquet(getvariable('folder') || '/agreement.parquet') e
  JOIN member ON member.id = e.placement_id
  WHERE e.start <= getvariable('as_at')
  UNION ALL
  SELECT scope, unnest([e.start, e."end"]), 0, 0, 0, 0, 0, 0, unnest([1, -1])
  FROM read_parquet(getvariable('folder') || '/away_by_agreement.parquet') e
  JOIN scope USING (person_id)
  WHERE e.start <= getvariable('as_at')
),
-- Ends to come are not known; what time alone brings is.
state AS (
  SELECT scope, greatest(day, start) AS day, lead(greatest(day, start)) OVER line AS following,
    max(later) OVER so_far AS later, max(permanent) OVER so_far AS permanent,
    sum(lasting) OVER so_far AS lasting, sum(by_child) OVER so_far AS by_child,
    sum(by_iro) OVER so_far AS by_iro, sum(by_whom) OVER so_far AS by_whom,
    sum(away) OVER so_far AS away
  FROM change JOIN scope USING (scope)
  WHERE day < "end" AND (day <= getvariable('as_at') OR later = 1)
  WINDOW line AS (PARTITION BY scope ORDER BY greatest(day, start)),
    so_far AS (PARTITION BY scope ORDER BY greatest(day, start) RANGE UNBOUNDED PRECEDING)
  QUALIFY following IS DISTINCT FROM greatest(day, start)
),
-- Intervals by rank: 1 is six weeks, 2 three months, 3 six months, 9 none (away).
ranked AS (
  SELECT scope, day,
    CASE
      WHEN away > 0 THEN 9
      WHEN later > 0 AND lasting > 0 AND by_child > 0 AND by_iro > 0 THEN 3
      WHEN later > 0 AND permanent > 0 THEN 2
      ELSE 1
    END::TINYINT AS soonest,
    CASE
      WHEN away > 0 THEN 9
      WHEN later > 0 AND lasting > 0 AND by_child + by_whom > 0 AND by_iro + by_whom > 0 THEN 3
      ELSE soonest
    END::TINYINT AS latest
  FROM state
),
changed AS (
  SELECT * FROM ranked
  QUALIFY row(soonest, latest) IS DISTINCT FROM
    lag(row(soonest, latest)) OVER (PARTITION BY scope ORDER BY day)
),
segment AS (
  SELECT changed.*, person_id, "end", last_act, days AS undecided,
    lead(day, 1, DATE '9999-12-31') OVER (PARTITION BY scope ORDER BY day) AS following
  FROM changed JOIN scope USING (scope) LEFT JOIN undecided USING (scope)
),
-- From each segment to itself and every later one: the shortest interval met on the way.
reach AS (
  SELECT one.scope, one.day, other.day AS begins, other.following, other.soonest < 9 AS stands,
    min(other.soonest) OVER way AS soonest, min(other.latest) OVER way AS latest
  FROM segment one JOIN segment other ON other.scope = one.scope AND other.day >= one.day
  WHERE one.following < DATE '9999-12-31' OR one.soonest = 9
  WINDOW way AS (PARTITION BY one.scope, one.day ORDER BY other.day)
),
mark AS (
  SELECT scope, start AS day FROM scope
  UNION ALL
  SELECT scope, day FROM act WHERE counts
),
-- Several on one day are one: of those the last is kept, whose next is another day.
chain AS (
  SELECT scope, day AS anchor, lead(day) OVER (PARTITION BY scope ORDER BY day) AS fulfilled
  FROM mark
  QUALIFY fulfilled IS NULL OR fulfilled > anchor
),
owed AS (
  SELECT c.*, s.* EXCLUDE (scope)
  FROM chain c JOIN segment s
    ON s.scope = c.scope AND anchor >= s.day AND anchor < s.following AND anchor < "end"
),
dated AS (
  SELECT *,
    CASE soonest WHEN 1 THEN anchor + 42 WHEN 2 THEN (anchor + INTERVAL 3 MONTH)::DATE
      WHEN 3 THEN (anchor + INTERVAL 6 MONTH)::DATE END AS first_limit,
    CASE latest WHEN 1 THEN anchor + 42 WHEN 2 THEN (anchor + INTERVAL 3 MONTH)::DATE
      WHEN 3 THEN (anchor + INTERVAL 6 MONTH)::DATE END AS last_limit
  FROM owed
),
-- Most fall due before anything changes; the others look on.
at_once AS (
  SELECT scope, person_id, anchor, fulfilled, "end", last_act, undecided,
    first_limit AS deadline, soonest <> latest AS assumed
  FROM dated WHERE last_limit < following
),
looking_on AS (
  SELECT d.scope, d.anchor, any_value(person_id) AS person_id, any_value(fulfilled) AS fulfilled,
    any_value("end") AS "end", any_value(last_act) AS last_act, any_value(undecided) AS undecided,
    min(CASE WHEN r.stands THEN CASE
      WHEN r.soonest = 1 AND greatest(begins, anchor + 42) < r.following
        THEN greatest(begins, anchor + 42)
      WHEN r.soonest = 2 AND greatest(begins, (anchor + INTERVAL 3 MONTH)::DATE) < r.following
        THEN greatest(begins, (anchor + INTERVAL 3 MONTH)::DATE)
      WHEN r.soonest = 3 AND greatest(begins, (anchor + INTERVAL 6 MONTH)::DATE) < r.following
        THEN greatest(begins, (anchor + INTERVAL 6 MONTH)::DATE)
    END END) AS due,
    min(CASE WHEN r.stands THEN CASE
      WHEN r.latest = 1 AND greatest(begins, anchor + 42) < r.following
        THEN greatest(begins, anchor + 42)
      WHEN r.latest = 2 AND greatest(begins, (anchor + INTERVAL 3 MONTH)::DATE) < r.following
        THEN greatest(begins, (anchor + INTERVAL 3 MONTH)::DATE)
      WHEN r.latest = 3 AND greatest(begins, (anchor + INTERVAL 6 MONTH)::DATE) < r.following
        THEN greatest(begins, (anchor + INTERVAL 6 MONTH)::DATE)
    END END) AS at_latest,
    -- the life of the obligation: up to the day of fulfilment, the end, or the as-at day
    min(begins) FILTER (r.stands) AS stood,
    min(begins) FILTER (NOT r.stands) AS exempt
  FROM dated d JOIN reach r USING (scope, day)
  WHERE (d.last_limit < d.following) IS NOT true
  GROUP BY d.scope, d.anchor
),
settled AS (
  SELECT *, fulfilled IS NOT NULL OR "end" <= getvariable('as_at') AS over,
    least(coalesce(fulfilled, DATE '9999-01-01'), "end" - 1, getvariable('as_at')) AS life
  FROM looking_on
),
dues AS (
  FROM at_once
  UNION ALL
  SELECT scope, person_id, anchor, fulfilled, "end", last_act, undecided,
    CASE WHEN over AND (stood > greatest(life, anchor)) IS NOT false THEN NULL ELSE due END
      AS deadline,
    deadline IS NOT NULL AND due IS DISTINCT FROM at_latest AS assumed
  FROM settled
  WHERE deadline IS NOT NULL OR exempt <= greatest(life, anchor)
),
judged AS (
  SELECT scope, person_id, anchor, deadline, fulfilled, assumed, last_act, undecided,
    CASE
      WHEN deadline IS NULL THEN 'exempt'
      WHEN fulfilled <= deadline THEN 'met'
      WHEN fulfilled IS NOT NULL THEN 'met_late'
      WHEN "end" <= getvariable('as_at') AND deadline >= "end" THEN 'lapsed'
      WHEN "end" <= getvariable('as_at') THEN 'not_met'
      WHEN deadline < getvariable('as_at') THEN 'overdue'
      ELSE 'due'
    END AS verdict
  FROM dues
)
SELECT person_id AS subject_id, anchor, deadline, fulfilled,
  CASE
    WHEN undecided IS NOT NULL AND verdict IN ('met_late', 'not_met', 'overdue')
      AND len([day FOR day IN undecided IF day > anchor AND day <= last_act
        AND (fulfilled IS NULL OR day <= deadline)]) > 0
    THEN 'cannot_tell' ELSE verdict
  END::ENUM ('met', 'met_late', 'overdue', 'not_met', 'due', 'lapsed', 'exempt', 'cannot_tell')
    AS verdict,
  assumed
FROM judged
