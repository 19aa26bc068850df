-- Of the whole ledger: first two digits, seen and expected; last two digits; and each supplier that is tested.
SELECT 'first_two' AS figure, first_two_digits(CAST(abs(base_amount) * 10000 AS BIGINT)) AS digits, count(*) AS seen,
    round(log10(1 + 1.0 / first_two_digits(CAST(abs(base_amount) * 10000 AS BIGINT))), 6) AS expected
FROM transactions WHERE base_amount >= 0.01 GROUP BY 2, 4
UNION ALL
SELECT 'last_two', CAST(CAST(abs(base_amount) * 100 AS BIGINT) % 100 AS INT), count(*), 0.01
FROM transactions WHERE base_amount >= 1 GROUP BY 2
ORDER BY 1, 2
