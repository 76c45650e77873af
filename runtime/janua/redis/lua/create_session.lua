-- ARGV: user or '', data, their version, idle and absolute lifetime in milliseconds or 0.
local now = now_ms()
local absolute = tonumber(ARGV[5])
if absolute > 0 then
    absolute = now + absolute
end
local deadline = deadline_of(now, tonumber(ARGV[4]), absolute)
redis.call('HSET', KEYS[1], 'user', ARGV[1], 'data', ARGV[2], 'version', ARGV[3], 'created', digits(now),
    'seen', digits(now), 'absolute', digits(absolute), 'deadline', digits(deadline))
enter(KEYS[1], ARGV[1], now, deadline)
return 1
