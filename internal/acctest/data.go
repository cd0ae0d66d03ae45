package acctest

import (
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// ValidateData validates a data source's configuration.
func (s *Server) ValidateData(source string, config Values) []*tfprotov6.Diagnostic {
	s.t.Helper()
	resp, err := s.provider.ValidateDataResourceConfig(s.t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{
		TypeName: source, Config: s.dynamic(s.object(s.schema.DataSourceSchemas[source].ValueType(), config)),
	})
	s.must(err)
	return resp.Diagnostics
}

// Texts returns the elements of a list of strings.
func (s *Server) Texts(instance Instance, name string) []string {
	s.t.Helper()
	var values []tftypes.Value
	list := s.members(instance.State)[name]
	s.must(list.As(&values))
	texts := make([]string, len(values))
	for i, value := range values {
		s.must(value.As(&texts[i]))
	}
	return texts
}
