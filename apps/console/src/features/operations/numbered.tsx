import { LongNumber } from '../../ui/long-number';

export function Numbered({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <LongNumber value={value} />
      </dd>
    </div>
  );
}
