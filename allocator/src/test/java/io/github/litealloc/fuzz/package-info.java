/**
 * Coverage-guided fuzzing, after the fuzz targets of the crate lite-alloc: Jazzer makes up bytes,
 * and keeps those that reach new branches of the arena and its strategy; {@link
 * io.github.litealloc.testing.RandomOperations#run(byte[])} reads operations from them and compares
 * everything with a model after each.
 *
 * <p>{@code mvn verify} runs the inputs that are kept in {@code src/test/resources}, and, where the
 * environment variable {@code CI} is set, really fuzzes each target for some seconds. For longer:
 *
 * <pre>
 * mvn -B -Pfuzz verify -pl allocator -Dtest=ModuleTest -Dit.test=HybridFuzzTest -Dfuzz.duration=1h
 * </pre>
 *
 * <p>An input that fails is written to {@code allocator/target/fuzz}, and its operations are in the
 * stack trace. To keep it as a test, move it to the target's directory in {@code
 * src/test/resources}.
 */
@NullMarked
package io.github.litealloc.fuzz;

import org.jspecify.annotations.NullMarked;
