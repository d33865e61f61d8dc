select
    c.customer_id as customer_id,
    upper(c.country) as country,
    c.signed_up_at as signed_up_on,
    c.cancelled_at as cancelled_on
from {{ source('raw', 'customers') }} as c
