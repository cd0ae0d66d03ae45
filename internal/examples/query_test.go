package examples_test

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/tenantsettings/terraform-provider-entraid/internal/acctest"
	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// isQuery reports whether a file is for "terraform query".
func isQuery(name string) bool { return strings.HasSuffix(name, ".tfquery.hcl") }

// Queries take Terraform 1.14; the provider is asked as Terraform would ask it.
func TestEveryQueryFindsSomething(t *testing.T) {
	t.Parallel()
	for folder, files := range find(t) {
		for name, content := range files {
			if !isQuery(name) {
				continue
			}
			t.Run(folder+"/"+name, func(t *testing.T) {
				t.Parallel()
				s := acctest.NewDirectory(t).Server(t)
				for kind, queries := range readQueries(t, content) {
					for label, query := range queries {
						s.Quiet(s.ValidateList(kind, query.Config))
						listed, diagnostics := s.List(kind, query)
						s.NoError(diagnostics)
						if len(listed) == 0 {
							t.Errorf("list.%s.%s finds nothing in the seeded tenant", kind, label)
						}
					}
				}
			})
		}
	}
}

// readQueries reads list blocks by type and label.
func readQueries(t *testing.T, content string) map[string]map[string]acctest.Query {
	t.Helper()
	file, problems := hclparse.NewParser().ParseHCL([]byte(content), "query")
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok || len(body.Blocks) == 0 {
		t.Fatal("a query has list blocks")
	}
	queries := map[string]map[string]acctest.Query{}
	for _, block := range body.Blocks {
		if block.Type != "list" || len(block.Labels) != 2 || block.Body.Attributes["provider"] == nil {
			t.Fatalf("a list block has a type, a name and a provider, which is not so in line %d", block.TypeRange.Start.Line)
		}
		kind, label := block.Labels[0], block.Labels[1]
		if queries[kind] == nil {
			queries[kind] = map[string]acctest.Query{}
		}
		queries[kind][label] = readQuery(t, block.Body)
	}
	return queries
}

func readQuery(t *testing.T, block *hclsyntax.Body) acctest.Query {
	t.Helper()
	query := acctest.Query{Limit: 100}
	for name, value := range attributes(t, block, "provider") {
		switch v := value.(type) {
		case int64:
			query.Limit = v
		case bool:
			query.IncludeResource = v
		default:
			t.Fatalf("%s is %v", name, value)
		}
	}
	for _, inner := range block.Blocks {
		query.Config = attributes(t, inner.Body)
	}
	return query
}

// attributes are those of a block, except for some that are no values.
func attributes(t *testing.T, block *hclsyntax.Body, except ...string) acctest.Values {
	t.Helper()
	values := acctest.Values{}
	for name, attribute := range block.Attributes {
		if len(except) > 0 && name == except[0] {
			continue
		}
		value, problems := attribute.Expr.Value(nil)
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		switch value.Type().FriendlyName() {
		case "bool":
			values[name] = value.True()
		case "number":
			values[name], _ = value.AsBigFloat().Int64()
		default:
			values[name] = value.AsString()
		}
	}
	return values
}

func TestEveryListResourceHasAnExample(t *testing.T) {
	t.Parallel()
	found := find(t)
	for _, kind := range acctest.Unconfigured(t).ListResourceTypes() {
		content := found[filepath.Join("list-resources", kind)]["list-resource.tfquery.hcl"]
		if !strings.Contains(content, "list \""+kind+"\"") {
			t.Errorf("there is no example of listing %s", kind)
		}
	}
}

func TestTerraformWritesTheConfigurationOfATenant(t *testing.T) {
	t.Parallel()
	acctest.NeedsQuery(t)
	d := acctest.NewDirectory(t)
	d.Update(func(s *mockdirectory.State) {
		contoso := s.Domains["contoso.com"]
		contoso.PasswordValidityPeriodInDays, contoso.PasswordNotificationWindowInDays = new(int32(1<<31-1)), new(int32(30))
		s.Domains["contoso.com"] = contoso
		backup := s.Users[mockdirectory.SeededBackup]
		backup.PasswordPolicies = new("DisablePasswordExpiration")
		s.Users[mockdirectory.SeededBackup] = backup
	})
	before := d.State()
	w := workspace(t, d, find(t)["terraform-query"])

	w.Must("query", "-no-color", "-generate-config-out=generated.tf")
	if outcome := w.Apply(); !strings.Contains(outcome.Stdout, "4 imported, 0 added, 0 changed, 0 destroyed") {
		t.Errorf("the generated configuration is more than an import:\n%s\n%s", w.Read("generated.tf"), outcome.Stdout)
	}
	w.NoChanges()
	w.Destroy()

	if after := d.State(); !reflect.DeepEqual(before.Domains, after.Domains) || !reflect.DeepEqual(before.Users, after.Users) {
		t.Error("the tenant does not end as it began")
	}
}
