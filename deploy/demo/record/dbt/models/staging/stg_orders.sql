select
    o.order_id as order_id,
    o.customer_id as customer_id,
    o.ordered_at as ordered_on,
    o.status as order_status,
    o.amount as order_amount
from {{ source('raw', 'orders') }} as o
