-- One day of business in the CRM. Variables: first_id, last_id (the new customers), day (the date).
-- random() is seeded, so that every recording sees the same rows.
SELECT setseed(0.42);

INSERT INTO public.customers (customer_id, full_name, email, country, signed_up_at)
SELECT
    id,
    'Customer ' || id,
    'customer' || id || '@shop.acme.example',
    (ARRAY['DE', 'FR', 'NL', 'PL', 'SE'])[1 + floor(random() * 5)::int],
    DATE :'day' - (30 + floor(random() * 700)::int)
FROM generate_series(:first_id, :last_id) AS id;

-- Between one and eight orders for each new customer.
INSERT INTO public.orders (order_id, customer_id, ordered_at, status, amount)
SELECT
    customer_id * 10 + n,
    customer_id,
    signed_up_at + floor(random() * (DATE :'day' - signed_up_at + 1))::int,
    (ARRAY['paid', 'paid', 'paid', 'shipped', 'returned'])[1 + floor(random() * 5)::int],
    (10 + random() * 200)::numeric(10, 2)
FROM public.customers
CROSS JOIN generate_series(0, 7) AS n
WHERE customer_id BETWEEN :first_id AND :last_id AND n <= (customer_id * 7) % 8;

INSERT INTO public.payments (payment_id, order_id, method, amount, failed)
SELECT
    order_id,
    order_id,
    (ARRAY['card', 'card', 'transfer', 'wallet'])[1 + floor(random() * 4)::int],
    amount,
    random() < 0.15
FROM public.orders
WHERE customer_id BETWEEN :first_id AND :last_id;

-- Few orders and failed payments make customers leave: the signal which the model has to find.
UPDATE public.customers
SET cancelled_at = DATE :'day'
WHERE customer_id BETWEEN :first_id AND :last_id
    AND random() < 0.75
        - 0.09 * (SELECT count(*) FROM public.orders WHERE orders.customer_id = customers.customer_id)
        + 0.15 * (
            SELECT count(*)
            FROM public.payments
            INNER JOIN public.orders ON orders.order_id = payments.order_id
            WHERE orders.customer_id = customers.customer_id AND payments.failed
        );

-- A status the analysts do not know yet appears on the first day and is gone on the next one:
-- a dbt test warns on the first day and passes afterwards.
UPDATE public.orders SET status = 'returned' WHERE status = 'lost_in_transit';
UPDATE public.orders SET status = 'lost_in_transit' WHERE order_id IN (10, 20, 30) AND :first_id = 1;
