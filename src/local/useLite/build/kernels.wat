;; The inner loops of the model. All pointers are addresses in the imported memory; arrays are row-major.
(module
  (memory (import "model" "memory") 1)

  (func $sumOfIntegers (param $lanes v128) (result i32)
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $lanes)) (i32x4.extract_lane 1 (local.get $lanes)))
      (i32.add (i32x4.extract_lane 2 (local.get $lanes)) (i32x4.extract_lane 3 (local.get $lanes)))))

  ;; The product of an int8 weight matrix with int16 activations, where most of the time goes:
  ;;
  ;;   outputs[token][row] = sum over column of weights[row][column] * inputs[token][column]
  ;;
  ;;   weights  int8   [rows][columns]
  ;;   inputs   int16  [tokens][columns]
  ;;   outputs  int32  [tokens][rows]
  ;;
  ;; `columns` is a multiple of 8, `rows` and `tokens` are even; the caller keeps |inputs| small enough that no sum
  ;; leaves int32. Two rows and two tokens are multiplied at once: each value loaded is used twice, which measured
  ;; as fast as larger tiles and leaves little padding.
  (func (export "multiply")
    (param $weights i32) (param $rows i32) (param $columns i32)
    (param $inputs i32) (param $tokens i32) (param $outputs i32)
    (local $weightsEnd i32) (local $inputsEnd i32) (local $inputBytes i32) (local $outputBytes i32)
    (local $weightA i32) (local $weightB i32) (local $weightAEnd i32)
    (local $inputA i32) (local $inputB i32) (local $outputA i32) (local $outputB i32)
    (local $rowA v128) (local $rowB v128) (local $token v128)
    (local $sumAA v128) (local $sumAB v128) (local $sumBA v128) (local $sumBB v128)

    (local.set $inputBytes (i32.shl (local.get $columns) (i32.const 1)))
    (local.set $outputBytes (i32.shl (local.get $rows) (i32.const 2)))
    (local.set $weightsEnd (i32.add (local.get $weights) (i32.mul (local.get $rows) (local.get $columns))))
    (local.set $inputsEnd (i32.add (local.get $inputs) (i32.mul (local.get $tokens) (local.get $inputBytes))))

    (loop $tokenPairs
      (local.set $weightA (local.get $weights))
      (local.set $outputA (local.get $outputs))
      (local.set $outputB (i32.add (local.get $outputs) (local.get $outputBytes)))

      (loop $rowPairs
        (local.set $weightB (i32.add (local.get $weightA) (local.get $columns)))
        (local.set $weightAEnd (local.get $weightB))
        (local.set $inputA (local.get $inputs))
        (local.set $inputB (i32.add (local.get $inputs) (local.get $inputBytes)))
        (local.set $sumAA (v128.const i32x4 0 0 0 0))
        (local.set $sumAB (v128.const i32x4 0 0 0 0))
        (local.set $sumBA (v128.const i32x4 0 0 0 0))
        (local.set $sumBB (v128.const i32x4 0 0 0 0))

        (loop $eightColumns
          (local.set $rowA (v128.load8x8_s (local.get $weightA)))
          (local.set $rowB (v128.load8x8_s (local.get $weightB)))
          (local.set $token (v128.load (local.get $inputA)))
          (local.set $sumAA (i32x4.add (local.get $sumAA) (i32x4.dot_i16x8_s (local.get $rowA) (local.get $token))))
          (local.set $sumBA (i32x4.add (local.get $sumBA) (i32x4.dot_i16x8_s (local.get $rowB) (local.get $token))))
          (local.set $token (v128.load (local.get $inputB)))
          (local.set $sumAB (i32x4.add (local.get $sumAB) (i32x4.dot_i16x8_s (local.get $rowA) (local.get $token))))
          (local.set $sumBB (i32x4.add (local.get $sumBB) (i32x4.dot_i16x8_s (local.get $rowB) (local.get $token))))
          (local.set $weightA (i32.add (local.get $weightA) (i32.const 8)))
          (local.set $weightB (i32.add (local.get $weightB) (i32.const 8)))
          (local.set $inputA (i32.add (local.get $inputA) (i32.const 16)))
          (local.set $inputB (i32.add (local.get $inputB) (i32.const 16)))
          (br_if $eightColumns (i32.lt_u (local.get $weightA) (local.get $weightAEnd))))

        (i32.store offset=0 (local.get $outputA) (call $sumOfIntegers (local.get $sumAA)))
        (i32.store offset=4 (local.get $outputA) (call $sumOfIntegers (local.get $sumBA)))
        (i32.store offset=0 (local.get $outputB) (call $sumOfIntegers (local.get $sumAB)))
        (i32.store offset=4 (local.get $outputB) (call $sumOfIntegers (local.get $sumBB)))
        (local.set $outputA (i32.add (local.get $outputA) (i32.const 8)))
        (local.set $outputB (i32.add (local.get $outputB) (i32.const 8)))
        (local.set $weightA (local.get $weightB))
        (br_if $rowPairs (i32.lt_u (local.get $weightA) (local.get $weightsEnd))))

      (local.set $inputs (local.get $inputB))
      (local.set $outputs (local.get $outputB))
      (br_if $tokenPairs (i32.lt_u (local.get $inputs) (local.get $inputsEnd)))))

  (func $sumOfFloats (param $lanes v128) (result f32)
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $lanes)) (f32x4.extract_lane 1 (local.get $lanes)))
      (f32.add (f32x4.extract_lane 2 (local.get $lanes)) (f32x4.extract_lane 3 (local.get $lanes)))))

  ;; Attention's scores of one query:
  ;;
  ;;   scores[key] = sum over column of query[column] * keys[key][column]
  ;;
  ;;   query   float32  [columns]
  ;;   keys    float32  [count][columns], `stride` bytes from one to the next
  ;;   scores  float32  [count]
  ;;
  ;; `columns` is a multiple of 8.
  (func (export "score")
    (param $query i32) (param $keys i32) (param $stride i32) (param $count i32) (param $columns i32)
    (param $scores i32)
    (local $queryAt i32) (local $queryEnd i32) (local $keyAt i32) (local $scoresEnd i32)
    (local $sumA v128) (local $sumB v128)

    (local.set $queryEnd (i32.add (local.get $query) (i32.shl (local.get $columns) (i32.const 2))))
    (local.set $scoresEnd (i32.add (local.get $scores) (i32.shl (local.get $count) (i32.const 2))))
    (loop $allKeys
      (local.set $queryAt (local.get $query))
      (local.set $keyAt (local.get $keys))
      (local.set $sumA (v128.const f32x4 0 0 0 0))
      (local.set $sumB (v128.const f32x4 0 0 0 0))
      (loop $eightColumns
        (local.set $sumA
          (f32x4.add
            (local.get $sumA)
            (f32x4.mul (v128.load (local.get $queryAt)) (v128.load (local.get $keyAt)))))
        (local.set $sumB
          (f32x4.add
            (local.get $sumB)
            (f32x4.mul (v128.load offset=16 (local.get $queryAt)) (v128.load offset=16 (local.get $keyAt)))))
        (local.set $queryAt (i32.add (local.get $queryAt) (i32.const 32)))
        (local.set $keyAt (i32.add (local.get $keyAt) (i32.const 32)))
        (br_if $eightColumns (i32.lt_u (local.get $queryAt) (local.get $queryEnd))))
      (f32.store (local.get $scores) (call $sumOfFloats (f32x4.add (local.get $sumA) (local.get $sumB))))
      (local.set $scores (i32.add (local.get $scores) (i32.const 4)))
      (local.set $keys (i32.add (local.get $keys) (local.get $stride)))
      (br_if $allKeys (i32.lt_u (local.get $scores) (local.get $scoresEnd)))))

  ;; The weighted sum of attention's values for one query:
  ;;
  ;;   mixed[column] = sum over value of weights[value] * values[value][column]
  ;;
  ;;   weights  float32  [count]
  ;;   values   float32  [count][columns], `stride` bytes from one to the next
  ;;   mixed    float32  [columns]
  ;;
  ;; `columns` is a multiple of 16: one cache line of each value at a time.
  (func (export "mix")
    (param $weights i32) (param $values i32) (param $stride i32) (param $count i32) (param $columns i32)
    (param $mixed i32)
    (local $weightAt i32) (local $weightsEnd i32) (local $valueAt i32) (local $mixedEnd i32) (local $weight v128)
    (local $sumA v128) (local $sumB v128) (local $sumC v128) (local $sumD v128)

    (local.set $weightsEnd (i32.add (local.get $weights) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $mixedEnd (i32.add (local.get $mixed) (i32.shl (local.get $columns) (i32.const 2))))
    (loop $sixteenColumns
      (local.set $weightAt (local.get $weights))
      (local.set $valueAt (local.get $values))
      (local.set $sumA (v128.const f32x4 0 0 0 0))
      (local.set $sumB (v128.const f32x4 0 0 0 0))
      (local.set $sumC (v128.const f32x4 0 0 0 0))
      (local.set $sumD (v128.const f32x4 0 0 0 0))
      (loop $allValues
        (local.set $weight (v128.load32_splat (local.get $weightAt)))
        (local.set $sumA (f32x4.add (local.get $sumA) (f32x4.mul (local.get $weight) (v128.load offset=0 (local.get $valueAt)))))
        (local.set $sumB (f32x4.add (local.get $sumB) (f32x4.mul (local.get $weight) (v128.load offset=16 (local.get $valueAt)))))
        (local.set $sumC (f32x4.add (local.get $sumC) (f32x4.mul (local.get $weight) (v128.load offset=32 (local.get $valueAt)))))
        (local.set $sumD (f32x4.add (local.get $sumD) (f32x4.mul (local.get $weight) (v128.load offset=48 (local.get $valueAt)))))
        (local.set $valueAt (i32.add (local.get $valueAt) (local.get $stride)))
        (local.set $weightAt (i32.add (local.get $weightAt) (i32.const 4)))
        (br_if $allValues (i32.lt_u (local.get $weightAt) (local.get $weightsEnd))))
      (v128.store offset=0 (local.get $mixed) (local.get $sumA))
      (v128.store offset=16 (local.get $mixed) (local.get $sumB))
      (v128.store offset=32 (local.get $mixed) (local.get $sumC))
      (v128.store offset=48 (local.get $mixed) (local.get $sumD))
      (local.set $values (i32.add (local.get $values) (i32.const 64)))
      (local.set $mixed (i32.add (local.get $mixed) (i32.const 64)))
      (br_if $sixteenColumns (i32.lt_u (local.get $mixed) (local.get $mixedEnd))))))
