select
    c.customer_id as customer_id,
    c.country as country,
    co.last_ordered_on - c.signed_up_on as active_days,
    co.order_count as order_count,
    co.total_amount as total_amount,
    co.total_amount / co.order_count as average_amount,
    co.failed_payments as failed_payments,
    c.cancelled_on is not null as has_churned
from {{ ref('stg_customers') }} as c
inner join {{ ref('customer_orders') }} as co on c.customer_id = co.customer_id
