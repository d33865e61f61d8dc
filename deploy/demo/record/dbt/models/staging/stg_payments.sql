select
    p.payment_id as payment_id,
    p.order_id as order_id,
    p.method as payment_method,
    case when p.failed then 1 else 0 end as is_failed
from {{ source('raw', 'payments') }} as p
