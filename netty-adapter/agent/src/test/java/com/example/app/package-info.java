/** Applications that know nothing of lite-alloc. */
package com.example.app;
