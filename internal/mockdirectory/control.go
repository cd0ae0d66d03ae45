package mockdirectory

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// controlRoutes are for people and other programs: unlike the rest they need no token, are not delayed,
// and are not in the journal.
func (d *Directory) controlRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_mock/journal", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, d.Journal()) })
	mux.HandleFunc("DELETE /_mock/journal", func(w http.ResponseWriter, _ *http.Request) {
		d.ResetJournal()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /_mock/state", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, d.State()) })
	mux.HandleFunc("PATCH /_mock/state", d.mergeState)
	mux.HandleFunc("GET /_mock/faults", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, append([]Fault{}, d.PendingFaults()...))
	})
	mux.HandleFunc("POST /_mock/faults", d.planFault)
	mux.HandleFunc("DELETE /_mock/faults", func(w http.ResponseWriter, _ *http.Request) {
		d.clearFaults()
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

func reply(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	// The reader may be gone; there is nobody to tell.
	_ = encoder.Encode(value)
}

func refuse(w http.ResponseWriter, err error) {
	reply(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
}

// mergeState applies an RFC 7396 merge patch to the tenant, all or nothing.
func (d *Directory) mergeState(w http.ResponseWriter, r *http.Request) {
	patch, err := io.ReadAll(r.Body)
	if err == nil {
		err = d.merge(patch)
	}
	if err != nil {
		refuse(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (d *Directory) merge(patch []byte) error {
	parts, err := readParts(patch)
	if err != nil {
		return fmt.Errorf("merge patch: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	next := d.state
	if err := next.merge(parts, d.users.byUPN); err != nil {
		return fmt.Errorf("merge patch: %w", err)
	}
	if err := next.validate(); err != nil {
		return fmt.Errorf("merge patch: %w", err)
	}
	d.replace(next)
	return nil
}

// planFault takes a fault; retry_after may be a number or a text.
func (d *Directory) planFault(w http.ResponseWriter, r *http.Request) {
	var sent struct {
		Fault
		RetryAfter any `json:"retry_after"`
	}
	body, err := io.ReadAll(r.Body)
	if err == nil {
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber()
		decoder.DisallowUnknownFields()
		err = decoder.Decode(&sent)
	}
	if err == nil {
		if sent.RetryAfter != nil {
			sent.Fault.RetryAfter = fmt.Sprint(sent.RetryAfter)
		}
		err = sent.Fault.check()
	}
	if err != nil {
		refuse(w, fmt.Errorf("fault: %w", err))
		return
	}
	d.AddFault(sent.Fault)
	w.WriteHeader(http.StatusNoContent)
}
