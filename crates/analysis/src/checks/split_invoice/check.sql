-- Only invoices near the limit are looked at, and a partition is a supplier: the windows are small. The other invoices
-- of a supplier are looked up for those that are left.
WITH near AS (
    SELECT supplier_ref, invoice_date, CAST(invoice_date AS INT) AS day, {limit.amount} AS amount, po_number, description, user_id
    FROM transactions
    WHERE {limit.amount} >= {from} * {limit} AND {limit.amount} < {limit} AND supplier_ref IS NOT NULL AND invoice_date IS NOT NULL
        AND {limit.rows}
),
windows AS (
    SELECT supplier_ref, day,
        count(*) OVER (PARTITION BY supplier_ref ORDER BY day RANGE BETWEEN {days} PRECEDING AND CURRENT ROW) AS together,
        count(*) OVER (PARTITION BY supplier_ref) AS all_near
    FROM near
),
best AS (
    SELECT supplier_ref, day, together, all_near,
        row_number() OVER (PARTITION BY supplier_ref ORDER BY together DESC, day) AS rank
    FROM windows
),
picked AS (
    SELECT supplier_ref AS ref, day AS last, all_near FROM best
    WHERE rank = 1 AND together >= {count} AND together >= all_near * {usual}
),
-- What is billed on other days as well is a price, such as a child's month in a home: nobody has cut it to size.
prices AS (
    SELECT supplier_ref AS price_ref, amount AS price FROM near
    GROUP BY supplier_ref, amount HAVING max(day) - min(day) > {days}
),
-- The order, the text and the user that all of them have.
grouped AS (
    SELECT ref, min(all_near) AS all_near, count(*) AS pieces, min(invoice_date) AS first_date, max(invoice_date) AS last_date,
        CASE WHEN count(po_number) = count(*) AND min(po_number) = max(po_number) THEN min(po_number) END AS one_order,
        CASE WHEN count(description) = count(*) AND min(description) = max(description) THEN min(description) END AS one_text,
        CASE WHEN count(user_id) = count(*) AND min(user_id) = max(user_id) THEN min(user_id) END AS one_user
    FROM picked JOIN near ON supplier_ref = ref
    LEFT JOIN prices ON price_ref = supplier_ref AND price = amount
    WHERE day BETWEEN last - {days} AND last
    GROUP BY ref
    HAVING sum(amount) >= 2 * {limit} AND 2 * count(price) < count(*)
),
-- Whoever bills above the limit in the same days, from the first piece to the last, does not keep below it.
beside AS (
    SELECT ref, all_near, pieces, first_date, last_date, one_order, one_text, one_user,
        unique_id, supplier_name, {limit.amount} AS amount, {limit.currency} AS currency, po_number, description, user_id,
        coalesce(invoice_date BETWEEN first_date AND last_date, false) AS is_then,
        coalesce({limit.rows} AND {limit.amount} >= {from} * {limit} AND {limit.amount} < {limit}
            AND invoice_date BETWEEN first_date AND last_date, false) AS is_piece,
        {limit.rows} AND {limit.amount} >= {limit} AS is_above
    FROM grouped JOIN transactions ON supplier_ref = ref
    WHERE {limit.amount} > 0
),
counted AS (
    SELECT ref, all_near, pieces, first_date, last_date, one_order, one_text, one_user,
        min(supplier_name) FILTER (WHERE is_piece) AS name, min(currency) FILTER (WHERE is_piece) AS currency,
        sum(amount) FILTER (WHERE is_piece) AS together, max(amount) FILTER (WHERE is_piece) AS largest,
        array_sort(array_agg(unique_id) FILTER (WHERE is_piece)) AS ids,
        count(*) FILTER (WHERE is_above) AS all_above,
        count(*) FILTER (WHERE is_above AND is_then) AS above_then,
        max(amount) FILTER (WHERE is_above AND is_then) AS largest_then,
        count(*) FILTER (WHERE po_number = one_order AND NOT is_piece) AS others_on_order,
        count(*) FILTER (WHERE description = one_text AND NOT is_piece) AS others_with_text,
        count(*) FILTER (WHERE description IS NOT NULL AND NOT is_piece) AS others_with_texts,
        count(*) FILTER (WHERE user_id = one_user AND NOT is_piece) AS others_by_user,
        count(*) FILTER (WHERE user_id IS NOT NULL AND NOT is_piece) AS others_by_users
    FROM beside
    GROUP BY ref, all_near, pieces, first_date, last_date, one_order, one_text, one_user
),
-- An order that others are billed on too may be a framework, a text that others have, or that there are no others to
-- tell from, is what the supplier sells, and whoever enters more than a quarter of the others enters these too: no such
-- thing ties them.
tied AS (
    SELECT *, one_order IS NOT NULL AND others_on_order = 0 AS is_order,
        one_text IS NOT NULL AND others_with_texts > 0 AND others_with_text = 0 AS is_text,
        one_user IS NOT NULL AND others_by_users > 0 AND 4 * others_by_user <= others_by_users AS is_user
    FROM counted
)
SELECT
    concat(CAST(pieces AS VARCHAR), ' {limit.those}invoices of ', party(name, ref), ' within {days} days are each below ', money({limit}, currency), ' and together ', money(together, currency),
        CASE WHEN above_then = 0 THEN '' ELSE concat('; of the same days ', CAST(above_then AS VARCHAR), CASE WHEN above_then = 1 THEN ' is' ELSE ' are' END, ' not below it') END) AS title,
    together AS at_risk,
    currency,
    make_array(ref) AS suppliers,
    ids AS transactions,
    concat(ref, '{limit.key}') AS pattern,
    make_array('{limit.amount}', 'invoice_date', '{limit.amount}',
        CASE WHEN is_order THEN 'po_number' END, CASE WHEN is_text THEN 'description' END, CASE WHEN is_user THEN 'user_id' END) AS fields,
    make_array(
        concat('the largest of them is ', money(largest, currency), '; the limit is ', money({limit}, currency), ', {limit.basis}'),
        concat('of its ', CAST(all_near AS VARCHAR), ' invoices from ', money({from} * {limit}, currency), ' up to the limit, ', CAST(pieces AS VARCHAR), ' are of ', CAST(first_date AS VARCHAR), ' to ', CAST(last_date AS VARCHAR)),
        CASE WHEN all_above = 0 THEN 'it has billed nothing of the limit or more'
            WHEN above_then = 0 THEN concat('of the limit or more it has billed ', CAST(all_above AS VARCHAR), CASE WHEN all_above = 1 THEN ' invoice' ELSE ' invoices' END, ', none of them in these days')
            ELSE concat('in the same days it has billed ', CAST(above_then AS VARCHAR), ' of the limit or more, the largest ', money(largest_then, currency), ': it does not keep below it') END,
        CASE WHEN is_order THEN concat('all ', CAST(pieces AS VARCHAR), ' name purchase order ', one_order, ', as no other invoice of it does') END,
        CASE WHEN is_text THEN concat('all ', CAST(pieces AS VARCHAR), ' have one text, which no other invoice of it has') END,
        CASE WHEN is_user THEN concat('all ', CAST(pieces AS VARCHAR), ' were entered by ', one_user, ', who entered ', CAST(others_by_user AS VARCHAR), ' of its ', CAST(others_by_users AS VARCHAR), ' other invoices') END) AS words,
    make_array(2.0, 2.0, CASE WHEN all_above = 0 THEN 1.0 WHEN above_then = 0 THEN 0.0 ELSE -1.0 * above_then END,
        CASE WHEN is_order THEN 2.0 END, CASE WHEN is_text THEN 1.5 END, CASE WHEN is_user THEN 1.0 END) AS bits
FROM tied
WHERE 2 * above_then <= pieces
    -- A limit that nobody has set is a guess: three invoices below it are what such a supplier bills.
    AND ({limit.is_set} OR above_then = 0 AND (is_order OR is_text OR is_user))
