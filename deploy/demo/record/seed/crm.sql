-- The shop's operational database (crm-db.acme.example, database "crm").
CREATE TABLE public.customers (
    customer_id  integer PRIMARY KEY,
    full_name    text NOT NULL,
    email        text NOT NULL,
    country      text NOT NULL,
    signed_up_at date NOT NULL,
    cancelled_at date
);

CREATE TABLE public.orders (
    order_id    integer PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES public.customers,
    ordered_at  date NOT NULL,
    status      text NOT NULL,
    amount      numeric(10, 2) NOT NULL
);

CREATE TABLE public.payments (
    payment_id integer PRIMARY KEY,
    order_id   integer NOT NULL REFERENCES public.orders,
    method     text NOT NULL,
    amount     numeric(10, 2) NOT NULL,
    failed     boolean NOT NULL
);
