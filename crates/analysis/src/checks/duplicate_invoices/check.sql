-- Candidates: invoices alike in some respect, one statement a respect, most telling first. Invoices are
-- known by their place in `headers`; every two of a block are weighed, unless an earlier block holds both.

-- block: supplier and amount
SELECT array_agg(place) AS places FROM headers WHERE amount <> 0
GROUP BY party, amount HAVING count(*) > 1;

-- block: number and amount
SELECT array_agg(place) AS places FROM headers WHERE amount <> 0 AND merged_key IS NOT NULL
GROUP BY merged_key, amount HAVING count(*) > 1 AND count(DISTINCT party) > 1;

-- block: supplier and number
SELECT array_agg(place) AS places FROM headers WHERE number_key IS NOT NULL
GROUP BY party, number_key HAVING count(*) > 1 AND count(DISTINCT amount) > 1;

-- block: supplier and stem of the number
SELECT array_agg(place) AS places FROM headers WHERE stem_key IS NOT NULL
GROUP BY party, stem_key HAVING count(DISTINCT number_key) > 1 AND count(DISTINCT amount) > 1;

-- block: rare amount and day
SELECT array_agg(place) AS places FROM headers WHERE amount <> 0
GROUP BY amount HAVING count(*) BETWEEN 2 AND 4 AND count(DISTINCT party) > 1;
