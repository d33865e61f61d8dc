-- The warehouse (warehouse.acme.example, database "warehouse"). PostgreSQL cannot query across databases,
-- so the CRM tables are reached as foreign tables in the schema "crm"; the Airflow DAG imports them.
CREATE EXTENSION postgres_fdw;
CREATE SERVER crm_db FOREIGN DATA WRAPPER postgres_fdw
    OPTIONS (host 'crm-db.acme.example', port '5432', dbname 'crm');
CREATE USER MAPPING FOR CURRENT_USER SERVER crm_db OPTIONS (user 'acme');

CREATE SCHEMA crm;
CREATE SCHEMA raw;
CREATE SCHEMA staging;
CREATE SCHEMA marts;
CREATE SCHEMA ml;

CREATE TABLE raw.customers (
    customer_id  integer,
    email_hash   text,
    country      text,
    signed_up_at date,
    cancelled_at date
);

CREATE TABLE raw.orders (
    order_id    integer,
    customer_id integer,
    ordered_at  date,
    status      text,
    amount      numeric(10, 2)
);

CREATE TABLE raw.payments (
    payment_id integer,
    order_id   integer,
    method     text,
    amount     numeric(10, 2),
    failed     boolean
);

CREATE TABLE ml.churn_scores (
    customer_id       integer,
    country           text,
    churn_probability double precision,
    risk_band         text
);
