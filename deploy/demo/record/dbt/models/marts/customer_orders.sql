select
    o.customer_id as customer_id,
    count(o.order_id) as order_count,
    sum(o.order_amount) as total_amount,
    max(o.ordered_on) as last_ordered_on,
    sum(p.is_failed) as failed_payments
from {{ ref('stg_orders') }} as o
inner join {{ ref('stg_payments') }} as p on o.order_id = p.order_id
group by o.customer_id
