import { UploadOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client';
import { ApiProblem, type FieldProblem } from '../../api/problem';
import { queryKeys } from '../../api/query-keys';
import { Field } from '../../ui/field';
import { Panel } from '../../ui/page';
import { ProblemAlert } from '../../ui/problem-alert';
import table from '../../ui/table.module.css';
import { lineOf } from './line-of';
import styles from './review.module.css';

/** Of a file in which every line is wrong, the first ones say enough. */
const SHOWN_PROBLEMS = 50;

/** The bank's answer, as a file: all of its lines are used, or none. */
export function BankResults() {
  const { t } = useTranslation();
  const [isMissing, setMissing] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const using = useResults();
  const submit = (): void => {
    const file = input.current?.files?.[0];
    setMissing(file === undefined);
    if (file && !using.isPending) using.mutate(file);
  };
  const problems = using.error instanceof ApiProblem ? using.error.fields : [];
  return (
    <Panel className={styles.results}>
      <h2>{t('bankFiles.results')}</h2>
      <p>{t('bankFiles.resultsText')}</p>
      <form
        className={styles.upload}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field label={t('bankFiles.choose')} error={isMissing ? t('bankFiles.fileMissing') : undefined}>
          {({ status: _status, ...control }) => (
            <input
              {...control}
              ref={input}
              type="file"
              accept=".csv,text/csv"
              onChange={() => {
                setMissing(false);
                using.reset();
              }}
            />
          )}
        </Field>
        <Button htmlType="submit" icon={<UploadOutlined />} loading={using.isPending}>
          {t('bankFiles.upload')}
        </Button>
      </form>
      {using.data && (
        <Alert
          type="success"
          showIcon
          title={t('bankFiles.used', {
            count: using.data.lines,
            changed: using.data.changed,
            known: using.data.known,
          })}
        />
      )}
      {using.isError && <ProblemAlert error={using.error} />}
      {problems.length > 0 && <Problems problems={problems} />}
    </Panel>
  );
}

function Problems({ problems }: { problems: readonly FieldProblem[] }) {
  const { t } = useTranslation();
  const rest = problems.length - SHOWN_PROBLEMS;
  return (
    <div role="alert">
      <p>{t('bankFiles.nothingDone')}</p>
      <div className={styles.scroll}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col" className={table.number}>
                {t('bankFiles.line')}
              </th>
              <th scope="col">{t('bankFiles.column')}</th>
              <th scope="col">{t('bankFiles.problem')}</th>
            </tr>
          </thead>
          <tbody>
            {problems.slice(0, SHOWN_PROBLEMS).map(({ field, message }) => {
              const { line, column } = lineOf(field);
              return (
                <tr key={`${field} ${message}`}>
                  <td className={table.number}>{line ?? ''}</td>
                  <td>{column}</td>
                  <td>{message}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {rest > 0 && <p>{t('bankFiles.more', { count: rest })}</p>}
    </div>
  );
}

function useResults() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (file: File) =>
      answerOf(
        api.POST('/v1/admin/bank-batches/results', {
          headers: { 'content-type': 'text/csv' },
          body: file.name,
          // The bytes as they are: the bank may well write GB 18030.
          bodySerializer: () => file,
        }),
      ),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: queryKeys.allBankFiles });
      void queries.invalidateQueries({ queryKey: queryKeys.allReviews });
    },
  });
}
