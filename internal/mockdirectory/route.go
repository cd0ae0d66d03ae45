package mockdirectory

import (
	"net/url"
	"slices"
	"strings"
)

// segment is one decoded part of a path. A quoted one came from OData's users('x') form,
// which names an object whatever it looks like.
type segment struct {
	text   string
	quoted bool
}

// route is a method on a template such as /v1.0/users/{id}.
type route struct {
	method, template string
	parts            []string // of the template; newAreas fills them in
	handle           func(*call) answer
	// needs lists the permissions of which one suffices; empty means none is needed.
	needs []string
	// roles lists the directory roles of which a signed-in user needs one; empty means none.
	roles []string
	// cost is the price in resource units before query options count.
	cost int
	// report says that requests count against the quota of reports.
	report bool
}

// match is what the router found out about a request.
type match struct {
	route    *route // nil when no method fits
	template string // empty when no path fits
	params   map[string]string
	allowed  []string
}

// splitPath decodes an escaped path and takes OData's parentheses apart.
func splitPath(escaped string) []segment {
	var out []segment
	for part := range strings.SplitSeq(strings.Trim(escaped, "/"), "/") {
		text, err := url.PathUnescape(part)
		if err != nil {
			text = part
		}
		name, key, found := strings.Cut(text, "('")
		if found && strings.HasSuffix(key, "')") {
			key = strings.ReplaceAll(strings.TrimSuffix(key, "')"), "''", "'")
			out = append(out, segment{text: name}, segment{text: key, quoted: true})
			continue
		}
		out = append(out, segment{text: text})
	}
	return out
}

// matchRoute finds the route for a request. Routes with fixed words stand before those with placeholders.
func matchRoute(routes []route, method string, path []segment) match {
	var m match
	for i := range routes {
		r := &routes[i]
		params, ok := matchTemplate(r.parts, path)
		if !ok || m.template != "" && m.template != r.template {
			continue
		}
		m.template, m.params = r.template, params
		if r.method == method {
			m.route = r
			return m
		}
		m.allowed = append(m.allowed, r.method)
	}
	return m
}

func matchTemplate(parts []string, path []segment) (map[string]string, bool) {
	if len(parts) != len(path) {
		return nil, false
	}
	var params map[string]string
	for i, part := range parts {
		if name, ok := placeholder(part); ok {
			if path[i].text == "" {
				return nil, false
			}
			if params == nil {
				params = map[string]string{}
			}
			params[name] = path[i].text
			continue
		}
		if path[i].quoted || path[i].text != part {
			return nil, false
		}
	}
	return params, true
}

func placeholder(part string) (string, bool) {
	if strings.HasPrefix(part, "{") && strings.HasSuffix(part, "}") {
		return part[1 : len(part)-1], true
	}
	return "", false
}

// matchPattern says whether a path fits a pattern of a fault: * stands for any part of a segment,
// {name} for a whole one, and ** at the end for all the rest.
func matchPattern(pattern string, path []string) bool {
	parts := strings.Split(strings.Trim(pattern, "/"), "/")
	if rest := len(parts) - 1; parts[rest] == "**" {
		if len(path) < rest {
			return false
		}
		parts, path = parts[:rest], path[:rest]
	}
	return slices.EqualFunc(parts, path, matchSegment)
}

func matchSegment(pattern, text string) bool {
	if _, ok := placeholder(pattern); ok {
		return text != ""
	}
	pieces := strings.Split(pattern, "*")
	if len(pieces) == 1 {
		return pattern == text
	}
	if !strings.HasPrefix(text, pieces[0]) {
		return false
	}
	text = text[len(pieces[0]):]
	last := len(pieces) - 1
	for _, piece := range pieces[1:last] {
		at := strings.Index(text, piece)
		if at < 0 {
			return false
		}
		text = text[at+len(piece):]
	}
	return strings.HasSuffix(text, pieces[last])
}
