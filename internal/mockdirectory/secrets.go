package mockdirectory

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// secretLog keeps every secret that crossed the wire, so that a test can look for them where none may be.
type secretLog struct {
	mu    sync.Mutex
	seen  []string
	known map[string]bool
}

// secretFields are the members of token requests and answers that nobody else may see.
var secretFields = []string{"client_secret", "client_assertion", "refresh_token", "access_token", "id_token"}

// note takes the secrets of a request and of its answer.
func (l *secretLog) note(c *call, a answer) {
	var found []string
	if _, token, ok := strings.Cut(c.header.Get("Authorization"), " "); ok {
		found = append(found, token)
	}
	if strings.HasPrefix(c.template, "/{tenant}/") {
		form, _ := url.ParseQuery(string(c.body))
		var given map[string]any
		_ = json.Unmarshal(a.body, &given)
		for _, name := range secretFields {
			text, _ := given[name].(string)
			found = append(found, form.Get(name), text)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known == nil {
		l.known = map[string]bool{}
	}
	for _, secret := range found {
		if secret != "" && !l.known[secret] {
			l.known[secret] = true
			l.seen = append(l.seen, secret)
		}
	}
}

// Secrets returns every secret and token that the directory received or handed out so far.
func (d *Directory) Secrets() []string {
	d.secrets.mu.Lock()
	defer d.secrets.mu.Unlock()
	return slices.Clone(d.secrets.seen)
}
