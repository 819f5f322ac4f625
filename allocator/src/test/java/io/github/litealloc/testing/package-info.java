/**
 * Tests for strategies of your own: those that lite-alloc's own strategies have to pass.
 *
 * <p>They come in the test jar of the allocator, and need JUnit 5 and AssertJ:
 *
 * <pre>{@code
 * <dependency>
 *   <groupId>io.github.litealloc</groupId>
 *   <artifactId>lite-alloc-allocator</artifactId>
 *   <version>${litealloc.version}</version>
 *   <type>test-jar</type>
 *   <scope>test</scope>
 * </dependency>
 * <dependency>
 *   <groupId>org.junit.jupiter</groupId>
 *   <artifactId>junit-jupiter</artifactId>
 *   <scope>test</scope>
 * </dependency>
 * <dependency>
 *   <groupId>org.assertj</groupId>
 *   <artifactId>assertj-core</artifactId>
 *   <scope>test</scope>
 * </dependency>
 * }</pre>
 *
 * <p>Name your factory in a subclass of {@link io.github.litealloc.testing.StrategyContract}. That
 * is all, and the only class here that holds tests:
 *
 * <pre>{@code
 * final class MyStrategyTest extends StrategyContract {
 *   @Override
 *   protected StrategyFactory strategy() {
 *     return new MyStrategyFactory();
 *   }
 * }
 * }</pre>
 *
 * <p>One of the tests runs random operations. When it fails, its message names a seed; {@code
 * -Dlitealloc.test.seed=N} runs that one alone, and {@code -Dlitealloc.test.operations=N} sets how
 * many operations there are. {@link io.github.litealloc.testing.RandomOperations} can also be
 * called from tests of your own, or from a fuzzer.
 *
 * <p>For your own tests: {@link io.github.litealloc.testing.TestMemorySource} is memory that can be
 * refused and watched, {@link io.github.litealloc.testing.Patterns} fills blocks and verifies them.
 */
@NullMarked
package io.github.litealloc.testing;

import org.jspecify.annotations.NullMarked;
