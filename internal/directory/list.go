package directory

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxPages bounds a list, whose end is in the hands of the service. A tenant
// of millions of users has fewer pages of the size that is asked for.
const maxPages = 10_000

// page is one answer of a list.
type page[T any] struct {
	// Value is a pointer because an answer without it is no list, which is
	// something else than an empty one: nothing may be taken for gone.
	Value    *[]T   `json:"value"`
	NextLink string `json:"@odata.nextLink"`
}

// list makes a call and follows its answer to the last page.
func list[T any](ctx context.Context, s *service, c call) ([]T, error) {
	var items []T
	err := eachPage(ctx, s, c, func(page []T) bool {
		items = append(items, page...)
		return true
	})
	if err != nil {
		return nil, err
	}
	return items, nil
}

// eachPage makes a call and follows its answer to the last page, or until visit
// has had enough. A page may be empty without being the last.
// See https://learn.microsoft.com/graph/paging.
func eachPage[T any](ctx context.Context, s *service, c call, visit func(page []T) bool) error {
	seen := map[string]bool{}
	for range maxPages {
		var answer page[T]
		if err := s.send(ctx, c, &answer); err != nil {
			return err
		}
		if answer.Value == nil {
			return s.unreadable(c, "", http.StatusOK, fmt.Errorf("%s answered with something else than a list", s.name))
		}
		if !visit(*answer.Value) || answer.NextLink == "" {
			return nil
		}
		if seen[answer.NextLink] {
			return fmt.Errorf("%s %s: %s answered with a list that leads back to a page which was read before", c.method, c.path, s.name)
		}
		seen[answer.NextLink] = true
		var err error
		if c.path, c.query, err = s.within(answer.NextLink); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s %s: %s answered with a list of more than %d pages", c.method, c.path, s.name, maxPages)
}

// within returns the path and the query of a link, unchanged, relative to the
// service's base. A link that leads elsewhere is refused: the token would go
// there.
func (s *service) within(link string) (path, query string, err error) {
	address, err := url.Parse(link)
	if err != nil || len(link) > longestLink {
		return "", "", fmt.Errorf("%s answered with a link that is no address", s.name)
	}
	path, below := strings.CutPrefix(address.EscapedPath(), s.base.EscapedPath()+"/")
	below = below && !climbs(address.Path)
	if !strings.EqualFold(address.Scheme, s.base.Scheme) || !strings.EqualFold(address.Host, s.base.Host) || address.User != nil || !below {
		return "", "", &RedirectError{Service: s.name, From: s.base.Host, To: address.Scheme + "://" + address.Host + address.EscapedPath()}
	}
	return "/" + path, address.RawQuery, nil
}

// longestLink bounds a link, in bytes.
const longestLink = 32 << 10

// climbs reports whether a path has a segment that leads to the one above, for
// a server that resolves such segments.
func climbs(path string) bool {
	segments := strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '\\' })
	return slices.ContainsFunc(segments, func(segment string) bool { return segment == "." || segment == ".." })
}
