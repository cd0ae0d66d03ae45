package toolchain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Source is the folder of the provider's module, from which commands build.
type Source struct {
	Folder string
	// Temporary is where a build keeps its files while it runs: an interrupted
	// one leaves them behind, and here they go with the rest.
	Temporary string
}

// ModuleFolder finds the source that a command was started from.
func ModuleFolder(ctx context.Context) (string, error) {
	output, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("asking go for the source of the provider: %w", err)
	}
	file := strings.TrimSpace(string(output))
	if filepath.Base(file) != "go.mod" {
		return "", errors.New("the provider's source was not found; start the command in the folder of the repository")
	}
	return filepath.Dir(file), nil
}

// Build builds a package of the module into a file.
func (s Source) Build(ctx context.Context, packagePath, ldflags, output string) error {
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", ldflags, "-o", output, packagePath)
	build.Dir = s.Folder
	build.Env = append(os.Environ(), "GOTMPDIR="+s.Temporary)
	group(build)
	if said, err := build.CombinedOutput(); err != nil {
		return errors.Join(fmt.Errorf("building %s: %w\n%s", packagePath, err, said), endGroup(build))
	}
	return nil
}
