-- ARGV: user or '', data, idle and absolute lifetime in milliseconds or 0.
local now = now_ms()
local absolute = tonumber(ARGV[4])
if absolute > 0 then
    absolute = now + absolute
end
local deadline = deadline_of(now, tonumber(ARGV[3]), absolute)
redis.call('HSET', KEYS[1], 'user', ARGV[1], 'data', ARGV[2], 'version', 1, 'created', digits(now),
    'seen', digits(now), 'absolute', digits(absolute), 'deadline', digits(deadline))
enter(KEYS[1], ARGV[1], now, deadline)
return 1
