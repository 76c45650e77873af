-- Ask several limits at once, by the server's clock in microseconds; take from all of them, or from none.
-- KEYS: a limit each. ARGV: 'consume' or 'check'; how many; then for every key its kind and two numbers.
-- Returns for every key whether it allows, how many more it would, after how long it would allow as many as were
-- asked for, and at what time it is as if never used.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local count = tonumber(ARGV[2])

local function digits(number)
    return string.format('%.0f', number)
end

local function keep_for(key, duration)
    redis.call('PEXPIRE', key, digits(math.ceil(duration / 1000) + 1))
end

-- The exact log of a sliding window: an entry for each call, scored by its time. Its member is the total that was ever
-- taken before and after it, so that any stretch of the log is summed by looking at both of its ends.
local function total_after(entry)
    return tonumber(string.sub(entry, 18))
end

-- When so much has left the window that the total may rise by `count`: the first entry that reaches `least`.
local function first_reaching(key, least)
    local low, high = 0, redis.call('ZCARD', key) - 1
    while low < high do
        local middle = math.floor((low + high) / 2)
        if total_after(redis.call('ZRANGE', key, middle, middle)[1]) >= least then
            high = middle
        else
            low = middle + 1
        end
    end
    return tonumber(redis.call('ZRANGE', key, low, low, 'WITHSCORES')[2])
end

local function sliding_window(key, limit, window)
    local newest = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')
    -- Where the clock was set back, it stands still until it has caught up: what was admitted stays counted.
    local at = math.max(now, tonumber(newest[2] or 0))
    redis.call('ZREMRANGEBYSCORE', key, '-inf', digits(at - window))
    local oldest = redis.call('ZRANGE', key, 0, 0)[1]
    local total, used = 0, 0
    if oldest then
        total = total_after(newest[1])
        used = total - tonumber(string.sub(oldest, 1, 16))
    end
    local state = { allows = used + count <= limit, left = math.max(0, limit - used), wait = 0, full = now }
    if oldest then
        state.full = tonumber(newest[2]) + window
    end
    if not state.allows then
        state.wait = first_reaching(key, total + count - limit) + window - now
    end
    function state.take()
        redis.call('ZADD', key, digits(at), string.format('%016.0f:%016.0f', total, total + count))
        keep_for(key, at - now + window)
        state.left, state.full = state.left - count, at + window
    end
    return state
end

-- The generic cell rate algorithm (ITU-T I.371): all that is kept is the theoretical arrival time of the next cell.
local function gcra(key, burst, interval)
    local arrival = math.max(now, tonumber(redis.call('GET', key) or 0))
    local after = arrival + count * interval
    local earliest = after - burst * interval
    local state = { allows = earliest <= now, wait = math.max(0, earliest - now), full = arrival }
    state.left = math.max(0, math.floor((now - arrival) / interval + burst))
    function state.take()
        redis.call('SET', key, digits(after))
        keep_for(key, after - now)
        state.left, state.full = state.left - count, after
    end
    return state
end

local kinds = { sliding_window = sliding_window, gcra = gcra }
local states, allowed = {}, true
for number, key in ipairs(KEYS) do
    local at = number * 3
    states[number] = kinds[ARGV[at]](key, tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]))
    allowed = allowed and states[number].allows
end
local answer = {}
for number, state in ipairs(states) do
    if allowed and ARGV[1] == 'consume' then
        state.take()
    end
    answer[number] = { state.allows and 1 or 0, state.left, state.wait, state.full }
end
return answer
