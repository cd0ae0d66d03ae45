//go:build !unix

package toolchain

import "os/exec"

// group bounds how long a child may take to end.
func group(command *exec.Cmd) { command.WaitDelay = patience }

// endGroup has nothing to do where there are no process groups.
func endGroup(*exec.Cmd) error { return nil }
