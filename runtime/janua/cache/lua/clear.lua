-- ARGV: a new stamp, the mark or '', milliseconds. A key that was lost stays so: whoever makes it anew knows what to do.
-- One of an earlier run of the server's life may have replaced another one, with its marks.
local value = redis.call('GET', KEYS[1])
if not value then
    return 0
end
local rest = is_older(value, ARGV[1]) and ';h?' or rest_of(value)
if ARGV[2] ~= '' then
    local first, last = string.find(rest, ARGV[2], 1, true)
    if first then
        rest = string.sub(rest, 1, first - 1) .. string.sub(rest, last + 1)
    end
end
redis.call('SET', KEYS[1], stamped(value, ARGV[1]) .. rest, 'PX', ARGV[3])
return 1
